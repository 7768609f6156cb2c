namespace ConvScope.Quantities;

/// <summary>
/// Decides when dead units are looked for on the whole probe set, which costs as much as many steps: a unit that is active on the probe batch is not dead, so it is done only
/// where a layer has many units that are not, and only as long as it may have.
/// </summary>
internal sealed class DeadUnitWatch(Probe probe)
{
    // Largest shares of a layer's units that may be inactive on the probe batch before the whole set is looked at: after an epoch, and in between.
    private const double WorthALook = 0.05;
    private const double Suspicious = 0.25;

    private long _looked = -1;
    private double _inactive = 1;

    /// <summary>Takes note of what was measured on the probe batch.</summary>
    public void Note(Measurement measured)
    {
        if (measured.Scalars.Where(scalar => scalar.Quantity is InactiveUnits).Select(scalar => scalar.Value).DefaultIfEmpty(-1).Max() is >= 0 and var inactive)
            _inactive = inactive;
    }

    /// <summary>The share of dead units of each layer, if the step is one at which they are looked for; else nothing.</summary>
    public IEnumerable<(string Layer, double Share)> AtStep(long step) =>
        probe.IsFull && step - _looked > step / 4 && _inactive > Suspicious ? Look(step) : [];

    /// <summary>The same at the end of an epoch, whose last step it is.</summary>
    public IEnumerable<(string Layer, double Share)> AtEpochEnd(long step) => step != _looked && _inactive > WorthALook ? Look(step) : [];

    private IEnumerable<(string Layer, double Share)> Look(long step)
    {
        _looked = step;
        return DeadUnits.Find(probe, WorthALook).Select(layer => (layer.Layer, layer.IsDead.Average(isDead => isDead ? 1.0 : 0.0)));
    }
}
