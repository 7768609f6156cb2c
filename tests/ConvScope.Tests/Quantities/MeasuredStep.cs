using ConvScope.Quantities;
using ConvScope.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Quantities;

/// <summary>One training step of the toy network, kept so that quantities can measure it.</summary>
internal sealed class MeasuredStep : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    /// <summary>Makes a step on ten images; the parameters named in <paramref name="frozen"/> get no gradient.</summary>
    public MeasuredStep(params string[] frozen)
    {
        Network = ToyImages.Network.CreateModule(4);
        foreach (var (_, parameter) in Network.named_parameters().Where(named => frozen.Contains(named.name)))
            parameter.requires_grad = false;
        using var data = ToyImages.Create(10);
        var images = data.Images.clone();
        var labels = data.Labels.clone();
        var outputs = Network.call(images);
        var loss = nn.functional.cross_entropy(outputs, labels);
        loss.backward();
        using var optimizer = optim.SGD(Network.parameters().Where(parameter => parameter.requires_grad).ToArray(), 0.1);
        optimizer.step();
        Completed = new StepCompleted(0, 1, images, labels, outputs, loss);
    }

    public nn.Module<Tensor, Tensor> Network { get; }

    public StepCompleted Completed { get; }

    /// <summary>The values of each parameter, copied.</summary>
    public Dictionary<string, float[]> Weights => Network.named_parameters().ToDictionary(named => named.name, named => named.parameter.data<float>().ToArray());

    /// <summary>The gradient of each parameter that has one, copied.</summary>
    public Dictionary<string, float[]> Gradients =>
        Network.named_parameters().Where(named => named.parameter.grad is not null).ToDictionary(named => named.name, named => named.parameter.grad!.data<float>().ToArray());

    /// <summary>What a collector with these quantities reads, as name, target and value.</summary>
    public List<(string Quantity, string Target, double Value)> Collect(params Quantity[] quantities) =>
        new ScalarCollector(quantities, Network).Collect(Completed).ConvertAll(reading => (reading.Quantity.Name, reading.Target, reading.Value));

    public void Dispose()
    {
        Network.Dispose();
        _scope.Dispose();
    }
}
