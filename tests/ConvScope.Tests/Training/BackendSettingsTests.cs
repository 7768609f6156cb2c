using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Training;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

public sealed class BackendSettingsTests
{
    private static readonly TrainingOptions _deterministic = new() { Epochs = 1, Deterministic = true };

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Train_Deterministic_SetsCudnnAndGivesItBack()
    {
        CudnnSettings.IsBenchmarked = true;
        try
        {
            Assert.That(During(_deterministic, () => (CudnnSettings.IsDeterministic, CudnnSettings.IsBenchmarked)),
                Is.EqualTo((true, false)));
            Assert.That((CudnnSettings.IsDeterministic, CudnnSettings.IsBenchmarked), Is.EqualTo((false, true)));
        }
        finally
        {
            CudnnSettings.IsBenchmarked = false;
        }
    }

    [Test]
    public void Train_ThatFails_GivesTheSettingsBack()
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var images = LabeledImages.Create(new byte[64], [7], ToyTraining.Network.Input);
        Assert.That(() => new Trainer(_deterministic with { AllowTensorFloat32 = false }).Train(network, images), Throws.ArgumentException);
        Assert.That((CudnnSettings.IsDeterministic, TensorFloat32.Read()), Is.EqualTo((false, new TensorFloat32(true, false))));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Train_TensorFloat32_IsSetAndGivenBack(bool allowed)
    {
        Assert.That(During(new TrainingOptions { Epochs = 1, AllowTensorFloat32 = allowed }, TensorFloat32.Read),
            Is.EqualTo(new TensorFloat32(allowed, allowed)));
        Assert.That(TensorFloat32.Read(), Is.EqualTo(new TensorFloat32(true, false)));
    }

    [Test]
    public void Train_NothingAskedFor_LeavesTheSettings() => Assert.That(
        During(new TrainingOptions { Epochs = 1 }, () => (CudnnSettings.IsDeterministic, TensorFloat32.Read())),
            Is.EqualTo((false, new TensorFloat32(true, false))));

    [Test]
    public void Apply_TrainingsAtOnce_GiveBackWhenTheLastOneEnds()
    {
        var first = BackendSettings.Apply(_deterministic with { AllowTensorFloat32 = false }, CPU)!;
        var second = BackendSettings.Apply(new TrainingOptions { Deterministic = true, AllowTensorFloat32 = true }, CPU)!;
        Assert.That(TensorFloat32.Read(), Is.EqualTo(new TensorFloat32(true, true)), "the last one decides");
        first.Dispose();
        Assert.That(CudnnSettings.IsDeterministic, "the second still wants it");
        second.Dispose();
        second.Dispose();
        Assert.That((CudnnSettings.IsDeterministic, TensorFloat32.Read()), Is.EqualTo((false, new TensorFloat32(true, false))));
    }

    private static T During<T>(TrainingOptions options, Func<T> read)
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var images = ToyTraining.Images();
        List<T> seen = [];
        new Trainer(options, [new Watcher(() => seen.Add(read()))]).Train(network, images);
        return seen[^1];
    }

    private sealed class Watcher(Action look) : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed) => look();
    }
}
