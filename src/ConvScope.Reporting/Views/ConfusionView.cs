namespace ConvScope.Reporting.Views;

/// <summary>The confusions of one epoch.</summary>
/// <param name="Dataset"><c>train</c> or <c>validation</c>.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Classes">Number of classes K.</param>
/// <param name="Counts">K × K counts; rows are true classes, columns predicted ones.</param>
internal sealed record ConfusionView(string Dataset, int Epoch, int Classes, IReadOnlyList<long> Counts);
