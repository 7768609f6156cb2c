using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Checkpoints;

/// <summary>Measures a tensor that is small enough to be sorted.</summary>
internal static class SmallDistribution
{
    public static ParameterDistribution Measure(StoredTensor tensor)
    {
        var values = tensor.ReadFloats().Where(float.IsFinite).Order().Select(value => (double)value).ToArray();
        var name = tensor.Type.TorchName();
        if (values.Length == 0)
            return new ParameterDistribution(tensor.Name, tensor.ShapeText, name, tensor.Count, tensor.Count, 0, 0, 0, 0, 0, 0, new double[ParameterDistribution.Ranks.Count], []);
        var mean = values.Average();
        var squares = values.Sum(value => (value - mean) * (value - mean));
        var magnitudes = values.Select(Math.Abs).Order().ToArray();
        var limit = At(magnitudes, 0.995) is > 0 and var percentile ? percentile : magnitudes[^1];
        var histogram = new long[ParameterDistribution.Bins];
        var scale = values[^1] > values[0] ? ParameterDistribution.Bins / (values[^1] - values[0]) : 0;
        foreach (var value in values)
            histogram[Math.Min(ParameterDistribution.Bins - 1, (int)((value - values[0]) * scale))]++;
        return new ParameterDistribution(
            tensor.Name, tensor.ShapeText, name, tensor.Count, tensor.Count - values.Length, mean, Math.Sqrt(squares / values.Length), values[0], values[^1],
            Math.Sqrt(squares + mean * mean * values.Length), (double)magnitudes.Count(magnitude => magnitude < 0.001f) / values.Length,
            [.. ParameterDistribution.Ranks.Select(rank => At(values, rank / 100.0))], histogram)
        { ScaleLimit = limit, ClippedShare = (double)magnitudes.Count(magnitude => magnitude > limit) / values.Length };
    }

    private static double At(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        double below = sorted[(int)place], above = sorted[(int)Math.Ceiling(place)];
        return below + (above - below) * (place - Math.Floor(place));
    }
}
