using ConvScope.ML.Labels;

namespace ConvScope.ML;

/// <summary>Chooses the rows of a set that are kept back to be measured: the same share of each class, at least one of each that has two, by a seed.</summary>
internal static class ValidationSplit
{
    /// <summary>Splits the rows of labels; both parts stay in the set's order.</summary>
    /// <param name="labels">The labels of all rows.</param>
    /// <param name="share">Share that is kept back, above 0 to below 1.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="InvalidOperationException">There are too few rows to keep one back.</exception>
    public static (IReadOnlyList<int> Kept, IReadOnlyList<int> Back) Of(LabelReader labels, double share, long seed)
    {
        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        var back = new List<int>();
        foreach (var rows in Enumerable.Range(0, labels.Count).GroupBy(row => labels.Classes?[row] ?? 0).OrderBy(group => group.Key).Select(group => group.ToArray()))
        {
            random.Shuffle(rows);
            var count = (int)Math.Round(rows.Length * share, MidpointRounding.AwayFromZero);
            back.AddRange(rows.Take(rows.Length < 2 ? 0 : Math.Clamp(count, 1, rows.Length - 1)));
        }

        if (back.Count == 0)
            throw new InvalidOperationException($"Of {labels.Count} rows none can be kept back: a class needs two.");
        back.Sort();
        return ([.. Enumerable.Range(0, labels.Count).Except(back)], back);
    }
}
