using ConvScope.Records.Networks.Tasks;
using ConvScope.Measuring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using ConvScope.Tests.Quantities;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Measuring;

/// <summary>One training step in two precisions: as quantities measure it, and as plain arrays on which their twins work. The network's convolution starts with two dead filters.</summary>
internal sealed class MeasuredStep : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly LabeledImages _data;
    private readonly Probe _probe;
    private readonly Dictionary<string, double[]> _initial, _before, _after, _gradients;
    private readonly double _loss;
    private readonly double[] _logits;

    private MeasuredStep(IReadOnlyList<Quantity> quantities, IReadOnlyList<HistogramQuantity> histograms)
    {
        _data = ToyTraining.Images();
        _network = ToyTraining.Network.CreateModule(3);
        using (no_grad())
        using (var bias = _network.get_parameter("conv.bias")!.detach())
            bias.narrow(0, 0, 2).fill_(-100);
        _initial = Parameters();
        using var optimizer = optim.SGD(_network.parameters(), 0.05, 0.9);
        _probe = new Probe(_network, new OutputFacts(new MulticlassTask()));
        _probe.Collect(_data.Images, _data.Labels);
        var group = new QuantityGroup("all", Schedule.Every(1), 1) { Scalars = quantities, Histograms = histograms };
        using var meter = new StepMeter(_network, _probe, [group], new InspectionLedger(null), 0);
        Train(optimizer);
        meter.Plan(1);
        _before = Parameters();
        var (loss, logits) = Train(optimizer);
        _loss = loss.item<float>();
        _logits = ToyTraining.Values(logits);
        _after = Parameters();
        _gradients = _network.named_parameters().ToDictionary(pair => pair.name, pair => ToyTraining.Values(pair.parameter.grad!));
        Measurement = meter.Measure(1, loss, new StepRows(logits, _data.Labels, false));
        loss.Dispose();
        logits.Dispose();
    }

    public Measurement Measurement { get; }

    public IReadOnlyList<string> Names => [.. _after.Keys];

    public static MeasuredStep Make(IReadOnlyList<Quantity> quantities, IReadOnlyList<HistogramQuantity> histograms) => new(quantities, histograms);

    public double[] Gradient(string name) => _gradients[name];

    public double[] After(string name) => _after[name];

    /// <summary>The update as 32-bit floats have it: the difference of two floats is rounded once.</summary>
    public double[] Update(string name) => [.. _after[name].Zip(_before[name], (after, before) => (double)((float)after - (float)before))];

    /// <summary>Weights, gradients and modes, to compare.</summary>
    public IReadOnlyList<double> State() =>
    [
        .. _network.named_parameters().SelectMany(pair => ToyTraining.Values(pair.parameter).Concat(ToyTraining.Values(pair.parameter.grad!))),
        .. _network.named_modules().Select(pair => pair.module.training ? 1.0 : 0.0),
    ];

    public StepMeter MeasureAgain(IReadOnlyList<Quantity> quantities, IReadOnlyList<HistogramQuantity> histograms)
    {
        var meter = new StepMeter(_network, _probe, [new QuantityGroup("all", Schedule.Every(1), 1) { Scalars = quantities, Histograms = histograms }], new InspectionLedger(null), 0);
        using var loss = zeros(1);
        meter.Plan(0);
        meter.Measure(0, loss, default);
        return meter;
    }

    /// <summary>What a quantity must be, by target.</summary>
    public Dictionary<string, double> Twin(string name) => name switch
    {
        QuantityNames.Loss => new() { [""] = _loss },
        QuantityNames.Accuracy => new() { [""] = Accuracy() },
        QuantityNames.GradientNorm => Each(parameter => SlowTwin.Norm(_gradients[parameter])),
        QuantityNames.GradientMean => Each(parameter => SlowTwin.Mean(_gradients[parameter])),
        QuantityNames.GradientStandardDeviation => Each(parameter => SlowTwin.StandardDeviation(_gradients[parameter])),
        QuantityNames.GradientMax => Each(parameter => _gradients[parameter].Max(Math.Abs)),
        QuantityNames.GradientZeroShare => Each(parameter => SlowTwin.Share(_gradients[parameter], value => value == 0)),
        QuantityNames.GradientNonFinite => Each(parameter => _gradients[parameter].Count(value => !double.IsFinite(value))),
        QuantityNames.WeightNorm => Each(parameter => SlowTwin.Norm(_after[parameter])),
        QuantityNames.WeightMean => Each(parameter => SlowTwin.Mean(_after[parameter])),
        QuantityNames.WeightStandardDeviation => Each(parameter => SlowTwin.StandardDeviation(_after[parameter])),
        QuantityNames.UpdateRatio => Each(parameter => SlowTwin.Norm(Update(parameter)) / SlowTwin.Norm(_before[parameter])),
        QuantityNames.DistanceFromInitialization => Each(parameter => SlowTwin.Norm([.. _after[parameter].Zip(_initial[parameter], (after, initial) => (double)((float)after - (float)initial))])),
        QuantityNames.GradientSignalToNoise => SignalToNoise(),
        QuantityNames.UnitSimilarity => new[] { ("conv.weight", 6), ("fc1.weight", 12), ("fc2.weight", 3) }.ToDictionary(weight => weight.Item1, weight => Similarity(_after[weight.Item1], weight.Item2)),
        QuantityNames.ProbabilityOutputs => new() { [""] = 0 },
        QuantityNames.DominantClass => new() { [""] = 1.0 / 3 },
        _ => new LayerTwin(_network, _data).Measure(name),
    };

    public void Dispose()
    {
        _probe.Dispose();
        _network.Dispose();
        _data.Dispose();
    }

    private Dictionary<string, double> Each(Func<string, double> measure) => Names.ToDictionary(name => name, measure);

    private Dictionary<string, double[]> Parameters() => _network.named_parameters().ToDictionary(pair => pair.name, pair => ToyTraining.Values(pair.parameter));

    private (Tensor Loss, Tensor Logits) Train(optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        _network.train();
        optimizer.zero_grad();
        var logits = _network.call(_data.Images);
        var loss = nn.functional.cross_entropy(logits, _data.Labels);
        loss.backward();
        optimizer.step();
        return (loss.detach().MoveToOuterDisposeScope(), logits.detach().MoveToOuterDisposeScope());
    }

    private static double Similarity(double[] weight, int units)
    {
        double[][] rows = [.. weight.Chunk(weight.Length / units)];
        var largest = 0.0;
        for (var i = 0; i < units; i++)
        {
            for (var j = 0; j < i; j++)
                largest = Math.Max(largest, rows[i].Zip(rows[j], (a, b) => a * b).Sum() / SlowTwin.Norm(rows[i]) / SlowTwin.Norm(rows[j]));
        }

        return largest;
    }

    private double Accuracy()
    {
        var labels = ToyTraining.Values(_data.Labels);
        return SlowTwin.Share([.. Enumerable.Range(0, labels.Length).Select(row => Enumerable.Range(0, 3).MaxBy(column => _logits[row * 3 + column]) == (int)labels[row] ? 1.0 : 0.0)], value => value == 1);
    }

    /// <summary>The gradients of both halves of the first 64 images, by a backward pass each on a network of its own.</summary>
    private Dictionary<string, double> SignalToNoise()
    {
        double[][][] halves = [.. new[] { 0L, 32L }.Select(start =>
        {
            using var scope = NewDisposeScope();
            using var network = ToyTraining.Network.CreateModule(3);
            ModuleWeights.Load(network, ModuleWeights.Read(_network));
            network.eval();
            nn.functional.cross_entropy(network.call(_data.Images.narrow(0, start, 32)), _data.Labels.narrow(0, start, 32)).backward();
            return network.named_parameters().Select(pair => ToyTraining.Values(pair.parameter.grad!)).ToArray();
        })];
        return Names.Select((name, index) => (name, index)).ToDictionary(entry => entry.name, entry =>
        {
            var (first, second) = (halves[0][entry.index], halves[1][entry.index]);
            var sum = SlowTwin.Norm([.. first.Zip(second, (a, b) => a + b)]);
            var difference = SlowTwin.Norm([.. first.Zip(second, (a, b) => a - b)]);
            return sum * sum / (difference * difference);
        });
    }
}
