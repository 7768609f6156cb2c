using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>Gathers the tensors of one step's measurement on the device and brings them to the host in one copy.</summary>
/// <param name="toHost">Copies doubles from the device to the host, which waits for it; null for <see cref="HostCopy.Read"/>.</param>
internal sealed class MeasurementBatch(Func<Tensor, double[]>? toHost = null)
{
    private readonly List<(Quantity Quantity, string Target, Tensor Value)> _scalars = [];
    private readonly List<(string Name, string Target, Tensor Values)> _histograms = [];

    public void Add(QuantityGroup group, StepContext context)
    {
        foreach (var quantity in group.Scalars)
            _scalars.AddRange(quantity.Measure(context).Select(entry => (quantity, entry.Target, entry.Value)));
        foreach (var histogram in group.Histograms)
            _histograms.AddRange(histogram.Select(context).Where(entry => entry.Values.NumberOfElements > 0).Select(entry => (histogram.Name, entry.Target, entry.Values)));
    }

    /// <summary>The plain values.</summary>
    public Measurement Copy()
    {
        using var scope = NewDisposeScope();
        // Same types are joined before they are widened: one conversion a type in place of one a number.
        var order = _scalars.Select((scalar, index) => (scalar.Value, index))
            .GroupBy(entry => (entry.Value.dtype, entry.Value.device_type, entry.Value.device_index)).ToArray();
        var parts = order.Select(type => cat([.. type.Select(entry => entry.Value.reshape(1))]).to(ScalarType.Float64)).ToList();
        var counts = _histograms.Index().GroupBy(entry => (entry.Item.Values.device_type, entry.Item.Values.device_index)).ToArray();
        foreach (var group in counts)
            parts.Add(HistogramBins.Measure([.. group.Select(entry => entry.Item.Values)]).reshape(-1).to(ScalarType.Float64));
        if (parts.Count == 0)
            return new Measurement([], []);
        var home = parts[0].device; // a network may lie on several devices
        var values = (toHost ?? HostCopy.Read)(cat([.. parts.Select(part => part.to(home))])); // the one device-to-host copy of this step

        var scalars = new (Quantity, string, double)[_scalars.Count];
        var place = 0;
        foreach (var (_, index) in order.SelectMany(type => type))
            scalars[index] = (_scalars[index].Quantity, _scalars[index].Target, values[place++]);
        var histograms = new (string, string, long[])[_histograms.Count];
        foreach (var (index, (name, target, _)) in counts.SelectMany(entries => entries))
        {
            var bins = new long[HistogramBins.Count];
            for (var bin = 0; bin < bins.Length; bin++)
                bins[bin] = (long)values[place++];
            histograms[index] = (name, target, bins);
        }

        return new Measurement(scalars, histograms);
    }
}
