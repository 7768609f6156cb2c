namespace ConvScope;

/// <summary>The definitions of quantities written down once more, as slow loops in double precision.</summary>
public static class SlowTwin
{
    /// <summary>√Σ x².</summary>
    public static double Norm(IReadOnlyList<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value * value;
        return Math.Sqrt(sum);
    }

    /// <summary>Σ x / n.</summary>
    public static double Mean(IReadOnlyList<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum / values.Count;
    }

    /// <summary>√(Σ (x − mean)² / n).</summary>
    public static double StandardDeviation(IReadOnlyList<double> values)
    {
        var mean = Mean(values);
        var sum = 0.0;
        foreach (var value in values)
            sum += (value - mean) * (value - mean);
        return Math.Sqrt(sum / values.Count);
    }

    /// <summary>Share of values for which something holds.</summary>
    public static double Share(IReadOnlyList<double> values, Func<double, bool> holds)
    {
        var count = 0;
        foreach (var value in values)
            count += holds(value) ? 1 : 0;
        return (double)count / values.Count;
    }

    /// <summary>Counts over symmetric logarithmic bins, found by comparing each magnitude with each edge.</summary>
    /// <param name="values">The values.</param>
    /// <param name="edge">Edge of a magnitude bin, 0 to 72.</param>
    public static long[] Histogram(IReadOnlyList<double> values, Func<int, double> edge)
    {
        var counts = new long[150];
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                counts[149]++;
                continue;
            }

            if (value == 0)
            {
                counts[74]++;
                continue;
            }

            var place = 0; // 0 underflow, 1 to 72 the bins, 73 overflow
            while (place <= 72 && Math.Abs(value) >= edge(place))
                place++;
            counts[74 + Math.Sign(value) * (place + 1)]++;
        }

        return counts;
    }
}
