using ConvScope.Quantities;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>Gathers the tensors of one step's measurement on the device and brings them to the host in one copy.</summary>
/// <param name="leftOut">Keeps a quantity that fails from the others.</param>
/// <param name="toHost">Copies doubles from the device to the host, which waits for it; null for <see cref="HostCopy.Read"/>.</param>
internal sealed class MeasurementBatch(LeftOut leftOut, Func<Tensor, double[]>? toHost = null)
{
    private readonly List<(Quantity Quantity, string Target, Tensor Value)> _scalars = [];
    private readonly List<(List<(string Name, string Target)> Names, Tensor Counts)> _histograms = []; // counts [histograms, bins]

    public void Add(QuantityGroup group, StepContext context)
    {
        foreach (var quantity in group.Scalars)
            _scalars.AddRange(leftOut.Try($"the quantity '{quantity.Name}'", () => Scalars(quantity, context), []));
        var counted = new Dictionary<(DeviceType, int), (List<(string, string)> Names, List<Tensor> Values)>(); // a network may lie on several devices
        foreach (var histogram in group.Histograms)
        {
            foreach (var (name, target, values) in leftOut.Try($"the quantity '{histogram.Name}'", () => Histograms(histogram, context), []))
            {
                var device = (values.device_type, values.device_index);
                if (!counted.TryGetValue(device, out var there))
                    counted[device] = there = ([], []);
                there.Names.Add((name, target));
                there.Values.Add(values);
            }
        }

        foreach (var (names, values) in counted.Values)
            leftOut.Try("the histograms", () => _histograms.Add((names, HistogramCounts.Measure(values))));
    }

    private static List<(Quantity, string, Tensor)> Scalars(Quantity quantity, StepContext context)
    {
        var scalars = new List<(Quantity, string, Tensor)>();
        foreach (var (target, value) in quantity.Measure(context))
        {
            if (value.NumberOfElements != 1)
                throw new InvalidOperationException($"A quantity gives one element a target; this one gives [{string.Join(", ", value.shape)}].");
            if (value.is_complex() || value.is_sparse)
                throw new InvalidOperationException($"A quantity gives real numbers; this one gives {value.dtype}{(value.is_sparse ? ", sparse" : "")}.");
            scalars.Add((quantity, target, value));
        }

        return scalars;
    }

    private static List<(string, string, Tensor)> Histograms(HistogramQuantity histogram, StepContext context) =>
        [.. histogram.Select(context).Where(entry => entry.Values.NumberOfElements > 0)
            .Select(entry => (histogram.Name, entry.Target, entry.Values))];

    /// <summary>The plain values.</summary>
    /// <remarks>Loops where a query would read as well: this runs at the first step, where every generic method that has to be compiled delays the training.</remarks>
    public Measurement Copy()
    {
        if (_scalars.Count == 0 && _histograms.Count == 0)
            return new Measurement([], []);
        using var scope = NewDisposeScope();
        var order = new List<int>(_scalars.Count);
        var parts = new List<Tensor>();
        foreach (var places in PlacesByType().Values)
        {
            order.AddRange(places);
            parts.Add(cat(places.ConvertAll(place => _scalars[place].Value.reshape(1))).to(ScalarType.Float64));
        }

        foreach (var (_, counts) in _histograms)
            parts.Add(counts.reshape(-1).to(ScalarType.Float64));
        var home = parts[0].device;
        var values = (toHost ?? HostCopy.Read)(cat(parts.ConvertAll(part => part.to(home)))); // the one device-to-host copy of this step
        var scalars = new (Quantity, string, double)[_scalars.Count];
        for (var place = 0; place < order.Count; place++)
            scalars[order[place]] = (_scalars[order[place]].Quantity, _scalars[order[place]].Target, values[place]);
        return new Measurement(scalars, Histograms(values.AsSpan(order.Count)));
    }

    /// <summary>The places of the numbers of each type and device: they are joined before they are widened, one conversion a type in place of one a number.</summary>
    private Dictionary<(ScalarType, DeviceType, int), List<int>> PlacesByType()
    {
        var types = new Dictionary<(ScalarType, DeviceType, int), List<int>>();
        for (var place = 0; place < _scalars.Count; place++)
        {
            var value = _scalars[place].Value;
            var type = (value.dtype, value.device_type, value.device_index);
            if (!types.TryGetValue(type, out var places))
                types[type] = places = [];
            places.Add(place);
        }

        return types;
    }

    private List<(string, string, long[])> Histograms(ReadOnlySpan<double> values)
    {
        var histograms = new List<(string, string, long[])>();
        foreach (var (names, _) in _histograms)
        {
            foreach (var (name, target) in names)
            {
                var counts = new long[HistogramBins.Count];
                for (var bin = 0; bin < counts.Length; bin++)
                    counts[bin] = (long)values[bin];
                histograms.Add((name, target, counts));
                values = values[counts.Length..];
            }
        }

        return histograms;
    }
}
