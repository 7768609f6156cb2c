namespace ConvScope.Reporting.Comparison;

/// <summary>Spearman's rank correlation: Pearson's over ranks, equal values sharing the mean of their ranks.</summary>
internal static class RankCorrelation
{
    /// <summary>Most pairs that are ranked; of more, evenly spaced ones are taken.</summary>
    public const int MostRanked = 1_000_000;

    public static double? Measure(float[] first, float[] second, List<string> notes)
    {
        var step = (first.Length + MostRanked - 1) / MostRanked;
        var sampled = Enumerable.Range(0, (first.Length + step - 1) / step).Select(index => index * step).Where(index => float.IsFinite(first[index]) && float.IsFinite(second[index])).ToArray();
        if (sampled.Length == 0)
            return null;
        if (step > 1)
            notes.Add(FormattableString.Invariant($"Spearman's correlation is that of every {step}th element, {sampled.Length:N0} in all."));
        float[]? firstRanks = null, secondRanks = null;
        Parallel.Invoke(
            () => firstRanks = Ranks(Array.ConvertAll(sampled, index => first[index])),
            () => secondRanks = Ranks(Array.ConvertAll(sampled, index => second[index])));
        var mean = (sampled.Length - 1) / 2.0; // of ranks from 0, with and without ties
        return ElementAgreement.Correlation(firstRanks!, secondRanks!, mean, mean);
    }

    /// <summary>Ranks from 0. They are halves at the finest and below 2²³: a float holds them exactly.</summary>
    private static float[] Ranks(float[] values)
    {
        var order = Enumerable.Range(0, values.Length).ToArray();
        Array.Sort(values, order);
        var ranks = new float[values.Length];
        for (var start = 0; start < values.Length;)
        {
            var end = start + 1;
            while (end < values.Length && values[end] == values[start])
                end++;
            for (var i = start; i < end; i++)
                ranks[order[i]] = (start + end - 1) / 2f;
            start = end;
        }

        return ranks;
    }
}
