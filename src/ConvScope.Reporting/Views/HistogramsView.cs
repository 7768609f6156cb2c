using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Views;

/// <summary>The histograms of one series.</summary>
/// <param name="Steps">Their steps.</param>
/// <param name="Counts">For each the bins that hold anything: bin, count, bin, count, … Bins are never joined.</param>
/// <param name="Every">1 where all histograms are there; n for every n-th, the last among them.</param>
internal sealed record HistogramsView(IReadOnlyList<long> Steps, IReadOnlyList<IReadOnlyList<long>> Counts, int Every)
{
    public static HistogramsView Of(IReadOnlyList<Histogram> histograms, int most)
    {
        var every = Math.Max(1, (histograms.Count + most - 1) / most);
        var shown = histograms.Where((_, index) => (histograms.Count - 1 - index) % every == 0).ToArray();
        return new HistogramsView([.. shown.Select(histogram => histogram.Step)], [.. shown.Select(histogram => Pairs(histogram.Counts))], every);
    }

    private static List<long> Pairs(IReadOnlyList<long> counts) => [.. counts.SelectMany((count, bin) => count == 0 ? [] : new[] { bin, count })];
}
