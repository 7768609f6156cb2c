using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;

namespace ConvScope.GpuCheck.Checks;

/// <summary>
/// Whether networks of every kind move to a device, keep their bits and compute there. On a CPU they become 64-bit floats and 32-bit ones
/// again, which replaces every parameter on the same path.
/// </summary>
internal sealed class MoveCheck : Check
{
    /// <inheritdoc />
    public override string Name => "move";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var input = new Shape(3, 64, 64);
        string[] zoo = ["resnet18", "mobilenet_v2", "densenet121", "vgg11", "squeezenet1_1", "alexnet"];
        NetworkSpec[] networks =
            [LeNet5.Create(), SmallNet.Create(), ResNet9.Create(width: 8), .. zoo.Select(name => NetworkZoo.Create(name, 10, input))];
        return networks.ToDictionary(spec => spec.Name, spec => Move(spec, laboratory, expectations));
    }

    private static string Move(NetworkSpec spec, Laboratory laboratory, Expectations expectations)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var network = spec.CreateModule(1);
            var before = WeightBits.Of(network);
            if (laboratory.IsCuda)
                network.to(laboratory.Place);
            else
                network.to(ScalarType.Float64).to(ScalarType.Float32);
            expectations.That(WeightBits.Of(network).AreThoseOf(before), $"{spec.Name} should keep names and values when it is moved");
            var said = Compute(network, spec.Input, laboratory.Place, out var isWhole);
            expectations.That(isWhole, $"{spec.Name} should have all parameters, with gradients, on {laboratory.Place}: {said}");
            return said;
        }
        catch (Exception exception) // the other networks are looked at all the same
        {
            var said = $"{exception.GetType().Name}: {exception.Message.Split('\n')[0]}";
            expectations.That(false, $"{spec.Name} should move to {laboratory.Place} and compute there: {said}");
            return said;
        }
    }

    private static string Compute(nn.Module<Tensor, Tensor> network, Shape input, Device place, out bool isWhole)
    {
        network.train();
        var outputs = network.call(zeros([4, input.Channels, input.Height, input.Width], ScalarType.Byte, place)); // [4, 10]
        nn.functional.cross_entropy(outputs, zeros([4], ScalarType.Int64, place)).backward();
        var parameters = network.parameters().ToArray();
        var there = parameters.Count(parameter => parameter.device.type == place.type && parameter.grad is not null);
        isWhole = outputs.device.type == place.type && there == parameters.Length;
        return $"outputs on {outputs.device}, {there} of {parameters.Length} parameters there with gradients";
    }
}
