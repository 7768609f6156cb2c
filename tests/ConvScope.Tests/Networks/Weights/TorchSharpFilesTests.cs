using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Networks.Weights;

/// <summary>What TorchSharp writes is read here, and what is written here TorchSharp reads.</summary>
public sealed class TorchSharpFilesTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Open_ModuleThatTorchSharpSaved_GivesItsState([Values(ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64)] ScalarType type)
    {
        using var module = Module();
        module.to(type);
        module.save(_folder.File("module.dat"));
        using var checkpoint = Checkpoint.Open(_folder.File("module.dat"));
        Assert.That(checkpoint.Format, Is.EqualTo(CheckpointFormat.TorchSharp));
        Assert.That(checkpoint.Tensors.Select(Text), Is.EqualTo(ModuleWeights.Read(module).Select(Text)));
    }

    [Test]
    public void Write_StateOfAModule_IsLoadedByTorchSharp()
    {
        using var given = Module();
        using var other = Module();
        TorchSharpFile.Write(_folder.File("module.dat"), ModuleWeights.Read(given));
        other.load(_folder.File("module.dat"));
        Assert.That(ModuleWeights.Read(other).Select(Text), Is.EqualTo(ModuleWeights.Read(given).Select(Text)));
    }

    [Test]
    public void Open_TensorThatTorchSharpSaved_GivesItsValues()
    {
        using var tensor = arange(6).reshape(2, 3);
        using (var writer = new BinaryWriter(File.Create(_folder.File("tensor.dat"))))
            TensorExtensionMethods.Save(tensor, writer);
        using var checkpoint = Checkpoint.Open(_folder.File("tensor.dat"));
        Assert.That($"{checkpoint.Tensors.Single()}: {string.Join(' ', checkpoint.Tensors.Single().ReadDoubles())}", Is.EqualTo("tensor int64 2x3: 0 1 2 3 4 5"));
    }

    private static nn.Module<Tensor, Tensor> Module() => nn.Sequential(("conv", nn.Conv2d(3, 4, 3)), ("norm", nn.BatchNorm2d(4)), ("flatten", nn.Flatten()), ("fc", nn.Linear(4, 2)));

    private static string Text(StoredTensor tensor) => $"{tensor} {Convert.ToHexString(tensor.ReadBytes())}";
}
