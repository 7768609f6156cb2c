using System.Reflection;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Networks.Layers;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Networks;

/// <summary>
/// The rule: every module of ours keeps names, values, gradients and everything else when it is moved. To another type and back takes
/// the path that to a device takes; on torch's <c>meta</c> device nothing may be left behind.
/// </summary>
public sealed class MovedModuleTests
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, Func<nn.Module>> _examples = new()
    {
        [typeof(Convolution)] = () => new Convolution(4, new Conv2dLayer("conv", 6, 3, Groups: 2)),
        [typeof(LayerGroup)] = () => new LayerGroup("features"),
        [typeof(SpecNetwork)] = () => ToyTraining.Network.CreateModule(1),
    };

    private static IEnumerable<Type> Types => typeof(SpecNetwork).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(nn.Module)) && !type.IsAbstract);

    private static IEnumerable<TestCaseData> Zoo => NetworkZoo.Names
        .Select(name => name.StartsWith("vgg", StringComparison.Ordinal) || name is "alexnet" or "resnet50"
        ? new TestCaseData(name).SetCategory("Slow")
        : new TestCaseData(name));

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [TestCaseSource(nameof(Types))]
    public void To_AnotherTypeAndBack_KeepsEverything(Type type)
    {
        using var module = Example(type);
        AssertKept(module);
    }

    [TestCaseSource(nameof(Types))]
    public void To_AnotherDevice_LeavesNoTensorBehind(Type type)
    {
        using var module = Example(type);
        ModuleMove.To(module, META);
        AssertOnMeta(module);
    }

    [TestCaseSource(nameof(Zoo))]
    public void To_NetworkOfTheZoo_KeepsEverythingAndComputesTheSame(string name)
    {
        var input = NetworkZoo.Create(name, 10).Input;
        var spec = NetworkZoo.Create(name, 10, input.Height > 64 ? new Shape(input.Channels, 64, 64) : null);
        using var network = spec.CreateModule(1);
        network.eval();
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var generator = new Generator(1);
        var images = rand([1, spec.Input.Channels, spec.Input.Height, spec.Input.Width], device: CPU, generator: generator).mul(255);
        var before = network.call(images).bytes.ToArray();
        AssertKept(network);
        Assert.That(network.call(images).bytes.ToArray(), Is.EqualTo(before));
        network.to(META);
        AssertOnMeta(network);
    }

    [Test]
    public void To_OfANetworkThatIsPartlyFrozen_KeepsWhatIsFrozen()
    {
        using var network = ToyTraining.Network.CreateModule(1);
        network.get_parameter("conv.weight")!.requires_grad = false;
        network.to(ScalarType.Float64);
        network.to(ScalarType.Float32);
        Assert.That(network.named_parameters().Where(pair => !pair.parameter.requires_grad).Select(pair => pair.name),
            Is.EqualTo(new[] { "conv.weight" }));
    }

    [Test]
    public void To_ThenTraining_GivesTheBitsOfANetworkThatStayed()
    {
        Assert.That(Trained(isMoved: true), Is.EqualTo(Trained(isMoved: false)));

        static Dictionary<string, byte[]> Trained(bool isMoved)
        {
            using var network = ToyTraining.Network.CreateModule(1);
            using var images = ToyTraining.Images();
            if (isMoved)
                network.to(ScalarType.Float64).to(ScalarType.Float32);
            new ConvScope.Training.Trainer(new() { Epochs = 2, BatchSize = 16 }).Train(network, images);
            return ParameterBits.Of(network);
        }
    }

    private static nn.Module Example(Type type) => _examples.TryGetValue(type, out var create)
        ? create()
        : throw new AssertionException($"There is no example of the module {type.Name} to be moved: add one, so that its move is tested.");

    /// <summary>Moves a module there and back.</summary>
    private static void AssertKept(nn.Module module)
    {
        foreach (var parameter in module.parameters().Take(4))
        {
            using var gradient = full_like(parameter, 0.25);
            parameter.grad = gradient;
        }

        var before = State(module);
        var names = module.state_dict().Keys.ToArray();
        module.to(ScalarType.Float64);
        Assert.That(module.parameters().Select(parameter => parameter.dtype).Distinct(), Is.SubsetOf(new[] { ScalarType.Float64 }));
        module.to(ScalarType.Float32);
        Assert.That(State(module), Is.EqualTo(before));
        Assert.That(module.state_dict().Keys, Is.EqualTo(names));
        Assert.That(ModuleMove.Lost(module), Is.Null);
    }

    /// <summary>Sums that tell a value from another, and what is known of each parameter's gradient.</summary>
    private static List<string> State(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return
        [
            .. module.named_parameters()
                .Select(pair => $"{pair.name} {Text(pair.parameter)} {pair.parameter.requires_grad} {Gradient(pair.parameter)}"),
            .. module.named_buffers().Select(pair => $"{pair.name} {Text(pair.buffer)}"),
        ];

        static string Gradient(Tensor parameter) => parameter.grad is { } gradient ? Text(gradient) : "no gradient";

        static string Text(Tensor tensor)
        {
            var values = tensor.detach().to(ScalarType.Float64);
            return $"{tensor.dtype} [{string.Join(", ", tensor.shape)}] {values.sum().item<double>():R} {values.norm().item<double>():R}";
        }
    }

    private static void AssertOnMeta(nn.Module module)
    {
        foreach (var (name, part) in module.named_modules().Prepend(("the module itself", module)))
        {
            for (var type = part.GetType(); type is not null && type != typeof(nn.Module); type = type.BaseType)
            {
                foreach (var field in type.GetFields(Fields))
                {
                    if (field.GetValue(part) is Tensor { IsInvalid: false } tensor)
                        Assert.That(tensor.device_type, Is.EqualTo(DeviceType.META), $"{field.Name} of {name}");
                }
            }
        }

        Assert.That(module.parameters().Concat(module.buffers()).Select(tensor => tensor.device_type).Distinct(),
            Is.SubsetOf(new[] { DeviceType.META }));
    }
}
