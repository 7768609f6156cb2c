using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>Gathers the tensors of one step's measurement on the device and brings them to the host in one copy.</summary>
/// <param name="leftOut">Keeps a quantity that fails from the others.</param>
internal sealed class MeasurementBatch(LeftOut leftOut)
{
    private readonly List<(Quantity Quantity, string Target, Tensor Value)> _scalars = [];
    private readonly List<(string Name, string Target, Tensor Values)> _histograms = [];

    public void Add(QuantityGroup group, StepContext context)
    {
        foreach (var quantity in group.Scalars)
            _scalars.AddRange(leftOut.Try($"the quantity '{quantity.Name}'", () => Scalars(quantity, context), []));
        foreach (var histogram in group.Histograms)
            _histograms.AddRange(leftOut.Try($"the quantity '{histogram.Name}'", () => Histograms(histogram, context), []));
    }

    private static List<(Quantity, string, Tensor)> Scalars(Quantity quantity, StepContext context)
    {
        List<(Quantity, string, Tensor)> scalars = [.. quantity.Measure(context).Select(entry => (quantity, entry.Target, entry.Value))];
        if (scalars.Find(entry => entry.Item3.NumberOfElements != 1) is { Item3: { } many })
            throw new InvalidOperationException($"A quantity gives one element a target; this one gives [{string.Join(", ", many.shape)}].");
        return scalars;
    }

    private static List<(string, string, Tensor)> Histograms(HistogramQuantity histogram, StepContext context) =>
        [.. histogram.Select(context).Where(entry => entry.Values.NumberOfElements > 0)
            .Select(entry => (histogram.Name, entry.Target, entry.Values))];

    /// <summary>The plain values.</summary>
    public Measurement Copy()
    {
        using var scope = NewDisposeScope();
        // Same types are joined before they are widened: one conversion a type in place of one a number.
        var order = _scalars.Select((scalar, index) => (scalar.Value, index)).GroupBy(entry => entry.Value.dtype).ToArray();
        var parts = order.Select(type => cat([.. type.Select(entry => entry.Value.reshape(1))]).to(ScalarType.Float64)).ToList();
        if (_histograms.Count > 0)
            parts.Add(HistogramBins.Measure([.. _histograms.Select(histogram => histogram.Values)]).reshape(-1).to(ScalarType.Float64));
        if (parts.Count == 0)
            return new Measurement([], []);
        var all = cat(parts).cpu(); // the one device-to-host copy of this step
        var values = MemoryMarshal.Cast<byte, double>(all.bytes);

        var scalars = new (Quantity, string, double)[_scalars.Count];
        var place = 0;
        foreach (var (_, index) in order.SelectMany(type => type))
            scalars[index] = (_scalars[index].Quantity, _scalars[index].Target, values[place++]);
        var histograms = new List<(string, string, long[])>(_histograms.Count);
        foreach (var (name, target, _) in _histograms)
        {
            var counts = new long[HistogramBins.Count];
            for (var bin = 0; bin < counts.Length; bin++)
                counts[bin] = (long)values[place++];
            histograms.Add((name, target, counts));
        }

        return new Measurement(scalars, histograms);
    }
}
