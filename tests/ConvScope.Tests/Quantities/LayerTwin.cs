using ConvScope.Measuring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Quantities;

/// <summary>The layers' outputs and the loss's gradients by them, computed without hooks: layer after layer by hand, with <c>retain_grad</c>.</summary>
internal sealed class LayerTwin
{
    private readonly Dictionary<string, (double[] Output, double[] Gradient, long[] Shape)> _layers = [];

    public LayerTwin(nn.Module<Tensor, Tensor> network, LabeledImages data)
    {
        using var scope = NewDisposeScope();
        using var twin = ToyTraining.Network.CreateModule(3);
        ModuleWeights.Load(twin, ModuleWeights.Read(network));
        Tensor Parameter(string name) => twin.get_parameter(name)!;
        var outputs = new List<(string Name, Tensor Output)>();
        Tensor Keep(string name, Tensor output)
        {
            output.retain_grad();
            outputs.Add((name, output));
            return output;
        }

        var x = data.Images.narrow(0, 0, ProbeImages.BatchSize).to(ScalarType.Float32) * (float)(1.0 / 255 / 0.5) - 1.0f;
        _layers[SnapshotArrays.Input] = (ToyTraining.Values(x), [], x.shape);
        x = Keep("conv", nn.functional.conv2d(x, Parameter("conv.weight"), Parameter("conv.bias")));
        x = Keep("relu1", x.clamp_min(0));
        x = Keep("pool", nn.functional.max_pool2d(x, [2, 2]));
        x = Keep("flatten", x.reshape(x.shape[0], -1));
        x = Keep("fc1", x.matmul(Parameter("fc1.weight").t()) + Parameter("fc1.bias"));
        x = Keep("relu2", x.clamp_min(0));
        x = Keep("fc2", x.matmul(Parameter("fc2.weight").t()) + Parameter("fc2.bias"));
        nn.functional.cross_entropy(x, data.Labels.narrow(0, 0, ProbeImages.BatchSize)).backward();
        foreach (var (name, output) in outputs)
            _layers[name] = (ToyTraining.Values(output), ToyTraining.Values(output.grad!), output.shape);
    }

    public Dictionary<string, double> Measure(string quantity) => quantity switch
    {
        QuantityNames.OutputMean => Each(layer => SlowTwin.Mean(layer.Output)),
        QuantityNames.OutputStandardDeviation => Each(layer => SlowTwin.StandardDeviation(layer.Output)),
        QuantityNames.OutputZeroShare => Each(layer => SlowTwin.Share(layer.Output, value => value <= 0)),
        QuantityNames.OutputGradientNorm => Each(layer => SlowTwin.Norm(layer.Gradient), withInput: false),
        QuantityNames.OutputGradientMean => Each(layer => SlowTwin.Mean(layer.Gradient), withInput: false),
        QuantityNames.OutputSaturation => [],
        QuantityNames.InactiveUnits => new[] { "relu1", "relu2" }.ToDictionary(name => name, name => Inactive(_layers[name].Output, _layers[name].Shape)),
        _ => throw new ArgumentOutOfRangeException(nameof(quantity)),
    };

    private static double Inactive(double[] output, long[] shape)
    {
        long units = shape[1], positions = shape[2..].Aggregate(1L, (product, length) => product * length);
        var active = new bool[units];
        for (var place = 0; place < output.Length; place++)
            active[place / positions % units] |= output[place] > 0;
        return (double)active.Count(isActive => !isActive) / units;
    }

    private Dictionary<string, double> Each(Func<(double[] Output, double[] Gradient, long[] Shape), double> measure, bool withInput = true) =>
        _layers.Where(layer => withInput || layer.Key != SnapshotArrays.Input).ToDictionary(layer => layer.Key, layer => measure(layer.Value));
}
