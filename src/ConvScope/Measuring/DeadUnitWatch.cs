using ConvScope.Quantities.Layers;

namespace ConvScope.Measuring;

/// <summary>
/// Decides when dead units are looked for on the whole probe set, which costs as much as many steps: a unit that is active on the probe batch is not dead, so it is done only
/// where a layer has many units that are not, only as long as it may have, and where the ledger affords it.
/// </summary>
/// <param name="probe">Holds the images.</param>
/// <param name="ledger">Knows what may be spent.</param>
internal sealed class DeadUnitWatch(Probe probe, InspectionLedger ledger)
{
    private const string Part = "dead units";

    // Largest shares of a layer's units that may be inactive on the probe batch before the whole set is looked at: after an epoch, and in between.
    private const double WorthALook = 0.05;
    private const double Suspicious = 0.25;

    private long _looked = -1;
    private double _inactive = 1;

    /// <summary>Takes note of what was measured on the probe batch.</summary>
    public void Note(Measurement measured)
    {
        var most = -1.0;
        foreach (var (quantity, _, value) in measured.Scalars)
            most = quantity is InactiveUnits ? Math.Max(most, value) : most;
        if (most >= 0)
            _inactive = most;
    }

    /// <summary>The share of dead units of each layer, if the step is one at which they are looked for; else nothing.</summary>
    /// <param name="step">The step.</param>
    /// <param name="estimate">What the first search is going to cost, in seconds; later ones cost what the last one did.</param>
    public IReadOnlyList<(string Layer, double Share)> AtStep(long step, double estimate) =>
        probe.IsFull && step - _looked > step / 4 && _inactive > Suspicious ? Look(step, estimate) : [];

    /// <summary>The same at the end of an epoch, whose last step it is.</summary>
    /// <inheritdoc cref="AtStep" />
    public IReadOnlyList<(string Layer, double Share)> AtEpochEnd(long step, double estimate) => step != _looked && _inactive > WorthALook ? Look(step, estimate) : [];

    private (string Layer, double Share)[] Look(long step, double estimate)
    {
        if (!ledger.Ask(Part, ledger.Last(Part) is > 0 and var last ? last : estimate, Worth.Later))
            return [];
        _looked = step;
        return [.. ledger.Time(Part, () => DeadUnits.Find(probe, WorthALook)).Select(layer => (layer.Layer, layer.IsDead.Average(isDead => isDead ? 1.0 : 0.0)))];
    }
}
