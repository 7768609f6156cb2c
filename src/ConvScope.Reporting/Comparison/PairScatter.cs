namespace ConvScope.Reporting.Comparison;

/// <summary>How pairs of elements are scattered, counted in square bins over one range for both axes, so that y = x is the diagonal.</summary>
/// <param name="Minimum">Lower end of both axes: 0 where no element is negative, else −<paramref name="Maximum"/>.</param>
/// <param name="Maximum">Upper end of both axes: the largest magnitude; 1 where all elements are zero.</param>
/// <param name="Bins">Bins along each axis.</param>
/// <param name="Counts">Counts, <c>Bins × Bins</c>: rows are the second tensor's values upwards from the lowest, columns the first's.</param>
/// <param name="Points">All finite pairs where there are at most <see cref="MostPoints"/>: index, first, second; else empty.</param>
public sealed record PairScatter(double Minimum, double Maximum, int Bins, IReadOnlyList<long> Counts, IReadOnlyList<ScatterPoint> Points)
{
    /// <summary>Most pairs that are given one by one.</summary>
    public const int MostPoints = 4096;

    internal static PairScatter Count(float[] first, float[] second, int bins)
    {
        var ends = Chunks.Sum(first.Length, 2, (start, end, partial) =>
        {
            for (var i = start; i < end; i++)
            {
                if (!float.IsFinite(first[i]) || !float.IsFinite(second[i]))
                    continue;
                partial[0] = Math.Min(partial[0], Math.Min(first[i], second[i]));
                partial[1] = Math.Max(partial[1], Math.Max(Math.Abs(first[i]), Math.Abs(second[i])));
            }
        }, (total, partial) => (total[0], total[1]) = (Math.Min(total[0], partial[0]), Math.Max(total[1], partial[1])));
        var maximum = ends[1] == 0 ? 1 : ends[1];
        var minimum = ends[0] < 0 ? -maximum : 0;

        int Bin(double value) => Math.Clamp((int)((value - minimum) / (maximum - minimum) * bins), 0, bins - 1);

        var counts = Chunks.Sum(first.Length, bins * bins, (start, end, partial) =>
        {
            for (var i = start; i < end; i++)
            {
                if (float.IsFinite(first[i]) && float.IsFinite(second[i]))
                    partial[Bin(second[i]) * bins + Bin(first[i])]++;
            }
        });
        ScatterPoint[] points = first.Length > MostPoints
            ? []
            : [.. Enumerable.Range(0, first.Length).Where(i => float.IsFinite(first[i]) && float.IsFinite(second[i])).Select(i => new ScatterPoint(i, first[i], second[i]))];
        return new PairScatter(minimum, maximum, bins, Array.ConvertAll(counts, count => (long)count), points);
    }
}
