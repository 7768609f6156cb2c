using ConvScope.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Native;

/// <summary>
/// What libtorch has and TorchSharp has not, through the symbols of the library that is loaded. A libtorch for the CPU has the same
/// switches.
/// </summary>
public sealed class TorchSwitchesTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Cudnn_Set_IsReadBack()
    {
        Assert.That(CudnnSettings.IsSupported);
        Assert.That((CudnnSettings.IsDeterministic, CudnnSettings.IsBenchmarked), Is.EqualTo((false, false)), "torch's defaults");
        try
        {
            CudnnSettings.IsDeterministic = true;
            Assert.That((CudnnSettings.IsDeterministic, CudnnSettings.IsBenchmarked), Is.EqualTo((true, false)));
            CudnnSettings.IsBenchmarked = true;
            CudnnSettings.IsDeterministic = false;
            Assert.That((CudnnSettings.IsDeterministic, CudnnSettings.IsBenchmarked), Is.EqualTo((false, true)));
        }
        finally
        {
            (CudnnSettings.IsDeterministic, CudnnSettings.IsBenchmarked) = (false, false);
        }
    }

    [TestCase(true, true, "convolutions and matrix products")]
    [TestCase(true, false, "convolutions")]
    [TestCase(false, true, "matrix products")]
    [TestCase(false, false, "nothing")]
    public void TensorFloat32_Set_IsReadBackAndSaid(bool convolutions, bool products, string text)
    {
        var before = TensorFloat32.Read();
        try
        {
            new TensorFloat32(convolutions, products).Apply();
            Assert.That(TensorFloat32.Read(), Is.EqualTo(new TensorFloat32(convolutions, products)));
            Assert.That(TensorFloat32.Read().ToString(), Is.EqualTo(text));
        }
        finally
        {
            before.Apply();
        }
    }

    [Test]
    public void TensorFloat32_Unset_IsTorchsDefault() => Assert.That(TensorFloat32.Read(),
        Is.EqualTo(new TensorFloat32(Convolutions: true, MatrixProducts: false)));

    // The GPUs' generators are asked for in the same way; that of the CPU is there to try it with.
    [Test]
    public void DefaultGenerators_OfTheCpu_IsTheOneThatTorchDrawsFrom()
    {
        using var scope = NewDisposeScope();
        var before = random.get_rng_state();
        var generator = DefaultGenerators.Find(TorchSymbols.Cpu, "_ZN2at6detail22getDefaultCPUGeneratorEv", 0)!;
        Assert.That(generator.get_state().bytes.SequenceEqual(before.bytes));
        var drawn = rand(4).bytes.ToArray();
        Assert.That(generator.get_state().bytes.SequenceEqual(before.bytes), Is.False);
        generator.set_state(before);
        Assert.That(rand(4).bytes.ToArray(), Is.EqualTo(drawn));
        random.set_rng_state(before);
    }

    [Test]
    public void DefaultGenerators_WithoutAGpu_AreNone()
    {
        Assert.That(DefaultGenerators.Of(CPU), Is.Null);
        Assert.That(DefaultGenerators.Find(TorchSymbols.Cpu, "no such function", 0), Is.Null);
        Assert.That(DefaultGenerators.Find("libnosuch.so", "no such function", 0), Is.Null);
        if (!cuda.is_available())
            Assert.That(DefaultGenerators.OfGpus(), Is.Empty);
    }

    [Test]
    public void DeviceMemory_OfTheCpu_IsNotKnown() => Assert.That(DeviceMemory.Free(CPU), Is.Null);

    [TestCase(0, "0 bytes")]
    [TestCase(1023, "1023 bytes")]
    [TestCase(1536, "1.5 KiB")]
    [TestCase(3L << 20, "3 MiB")]
    [TestCase(3435973837, "3.2 GiB")]
    [TestCase(5L << 40, "5120 GiB")]
    public void DeviceMemory_Text_IsInTheUnitThatReadsBest(long bytes, string text) =>
        Assert.That(DeviceMemory.Text(bytes), Is.EqualTo(text));
}
