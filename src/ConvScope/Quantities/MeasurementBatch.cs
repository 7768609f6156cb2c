using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>Gathers the tensors of one step's measurement on the device and brings them to the host in one copy.</summary>
internal sealed class MeasurementBatch
{
    private readonly List<(Quantity Quantity, string Target, Tensor Value)> _scalars = [];
    private readonly List<(string Name, string Target)> _histograms = [];
    private readonly List<Tensor> _counts = []; // [histograms, bins] a group

    public void Add(QuantityGroup group, StepContext context)
    {
        foreach (var quantity in group.Scalars)
        {
            foreach (var (target, value) in quantity.Measure(context))
                _scalars.Add((quantity, target, value));
        }

        var counted = new List<Tensor>();
        foreach (var histogram in group.Histograms)
        {
            foreach (var (target, values) in histogram.Select(context))
            {
                if (values.NumberOfElements == 0)
                    continue;
                _histograms.Add((histogram.Name, target));
                counted.Add(values);
            }
        }

        if (counted.Count > 0)
            _counts.Add(HistogramBins.Measure(counted));
    }

    /// <summary>The plain values.</summary>
    /// <remarks>Loops where a query would read as well: this runs at the first step, where every generic method that has to be compiled delays the training.</remarks>
    public Measurement Copy()
    {
        if (_scalars.Count == 0 && _counts.Count == 0)
            return new Measurement([], []);
        using var scope = NewDisposeScope();
        var order = new List<int>(_scalars.Count);
        var parts = new List<Tensor>();
        foreach (var places in PlacesByType().Values)
        {
            order.AddRange(places);
            parts.Add(cat(places.ConvertAll(place => _scalars[place].Value.reshape(1))).to(ScalarType.Float64));
        }

        foreach (var counts in _counts)
            parts.Add(counts.reshape(-1).to(ScalarType.Float64));
        using var all = cat(parts).cpu(); // the one device-to-host copy of this step
        var values = MemoryMarshal.Cast<byte, double>(all.bytes);
        var scalars = new (Quantity, string, double)[_scalars.Count];
        for (var place = 0; place < order.Count; place++)
            scalars[order[place]] = (_scalars[order[place]].Quantity, _scalars[order[place]].Target, values[place]);
        return new Measurement(scalars, Histograms(values[order.Count..]));
    }

    /// <summary>The places of the numbers of each type: same types are joined before they are widened, one conversion a type in place of one a number.</summary>
    private Dictionary<ScalarType, List<int>> PlacesByType()
    {
        var types = new Dictionary<ScalarType, List<int>>();
        for (var place = 0; place < _scalars.Count; place++)
        {
            var type = _scalars[place].Value.dtype;
            if (!types.TryGetValue(type, out var places))
                types[type] = places = [];
            places.Add(place);
        }

        return types;
    }

    private List<(string, string, long[])> Histograms(ReadOnlySpan<double> values)
    {
        var histograms = new List<(string, string, long[])>(_histograms.Count);
        foreach (var (name, target) in _histograms)
        {
            var counts = new long[HistogramBins.Count];
            for (var bin = 0; bin < counts.Length; bin++)
                counts[bin] = (long)values[bin];
            histograms.Add((name, target, counts));
            values = values[counts.Length..];
        }

        return histograms;
    }
}
