using ConvScope.Quantities.Layers;
using ConvScope.Quantities.Parameters;

namespace ConvScope.Quantities;

/// <summary>Quantities that are measured at the same steps.</summary>
/// <param name="Name">Name of the group, for messages and the record of what inspection cost.</param>
/// <param name="Schedule">The steps at which the group is measured; a budget may stretch it.</param>
/// <param name="Share">Part of the budget that the group may use, 0 to 1.</param>
public sealed record QuantityGroup(string Name, Schedule Schedule, double Share)
{
    /// <summary>Quantities that give numbers.</summary>
    public IReadOnlyList<Quantity> Scalars { get; init; } = [];

    /// <summary>Whether it looks at parameters, so that the weights before the update are kept for it.</summary>
    internal bool NeedsParameters => Histograms.Count > 0 || Scalars.Any(quantity => quantity.NeedsParameters);

    /// <summary>Whether it shows the probe batch to the network, which takes as long as a step or more.</summary>
    internal bool ShowsProbe => Scalars.Any(quantity => quantity is LayerQuantity or GradientSignalToNoise);

    /// <summary>Whether it costs more than a few numbers.</summary>
    internal bool IsDear => ShowsProbe || Histograms.Count > 0;

    /// <summary>Quantities that give histograms.</summary>
    public IReadOnlyList<HistogramQuantity> Histograms { get; init; } = [];
}
