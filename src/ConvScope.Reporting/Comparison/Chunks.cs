namespace ConvScope.Reporting.Comparison;

/// <summary>Sums over long arrays on all processors. The chunks are the same whatever their number, and are added in order: the same input gives the same bits.</summary>
internal static class Chunks
{
    private const int Length = 1 << 16;

    /// <summary>Sums over chunks.</summary>
    /// <param name="count">Number of elements.</param>
    /// <param name="width">Number of sums.</param>
    /// <param name="measure">Fills the sums, zero at first, of the elements from start to before end.</param>
    /// <param name="add">Adds a chunk's sums, after the first one's, to the total; null for plain addition.</param>
    public static double[] Sum(int count, int width, Action<int, int, double[]> measure, Action<double[], double[]>? add = null)
    {
        var partials = new double[(count + Length - 1) / Length][];
        Parallel.For(0, partials.Length, chunk =>
        {
            partials[chunk] = new double[width];
            measure(chunk * Length, Math.Min(count, (chunk + 1) * Length), partials[chunk]);
        });
        var total = partials[0];
        foreach (var partial in partials.Skip(1))
        {
            if (add is not null)
            {
                add(total, partial);
                continue;
            }

            for (var i = 0; i < width; i++)
                total[i] += partial[i];
        }

        return total;
    }
}
