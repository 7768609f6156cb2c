namespace ConvScope.Datasets.Decoding;

/// <summary>
/// Which source pixels make a target pixel along one axis, and with what weights: a triangle filter, as wide as the scale asks for where it shrinks, as Pillow's and torchvision's antialiased <c>BILINEAR</c>.
/// </summary>
internal sealed class FilterTaps
{
    private int[] _first = [];
    private float[] _weights = [];
    private int _most;

    /// <summary>First source pixel over all targets.</summary>
    public int Start { get; private set; }

    /// <summary>The source pixel behind the last one over all targets.</summary>
    public int End { get; private set; }

    /// <summary>Computes the taps.</summary>
    /// <param name="source">Pixels of the source.</param>
    /// <param name="offset">Where the part that is scaled begins.</param>
    /// <param name="length">Length of that part, in source pixels.</param>
    /// <param name="target">Pixels that it becomes.</param>
    public void Set(int source, double offset, double length, int target)
    {
        var scale = length / target;
        var support = Math.Max(scale, 1);
        _most = (int)Math.Ceiling(support) * 2 + 1;
        if (_first.Length < target)
            _first = new int[target];
        if (_weights.Length < target * _most)
            _weights = new float[target * _most];
        for (var pixel = 0; pixel < target; pixel++)
        {
            var centre = offset + (pixel + 0.5) * scale;
            int first = Math.Max((int)(centre - support + 0.5), 0), end = Math.Min((int)(centre + support + 0.5), source);
            first = Math.Min(first, source - 1);
            var weights = _weights.AsSpan(pixel * _most, _most);
            weights.Clear();
            var sum = 0.0;
            for (var tap = first; tap < end; tap++)
                sum += Math.Max(0, 1 - Math.Abs(tap + 0.5 - centre) / support);
            for (var tap = first; tap < end; tap++)
                weights[tap - first] = (float)(Math.Max(0, 1 - Math.Abs(tap + 0.5 - centre) / support) / sum);
            _first[pixel] = first;
        }

        Start = _first[0];
        End = Math.Min(_first[target - 1] + _most, source);
    }

    /// <summary>The taps of a target pixel: the first source pixel, and the weights from there on.</summary>
    public ReadOnlySpan<float> Of(int pixel, out int first)
    {
        first = _first[pixel];
        return _weights.AsSpan(pixel * _most, Math.Min(_most, End - first));
    }
}
