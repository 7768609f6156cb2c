using ConvScope.Reporting.Comparison;

namespace ConvScope.Reporting.Views;

/// <summary>A comparison as the page takes it: maps as base64.</summary>
internal sealed record ComparisonView(
    TensorSummary First, TensorSummary Second, ElementAgreement? Agreement, double? Spearman, double? Cka, MapsView? Maps, PairScatter? Scatter, UnitMatching? Units, IReadOnlyList<string> Notes)
{
    public static ComparisonView Of(TensorComparison comparison) => new(
        comparison.First, comparison.Second, comparison.Agreement, comparison.Spearman, comparison.Cka, comparison.Maps is { } maps ? MapsView.Of(maps) : null, comparison.Scatter, comparison.Units,
        comparison.Notes);
}
