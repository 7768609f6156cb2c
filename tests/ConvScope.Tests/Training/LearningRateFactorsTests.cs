using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Checkpoints;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.Optimization;
using ConvScope.Training.Saving;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>Parts of a network that are trained at rates of their own.</summary>
public sealed class LearningRateFactorsTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [TestCase(false)]
    [TestCase(true)]
    public void Train_FirstStep_MovesEachPartByItsRate(bool withSchedule)
    {
        var options = new TrainingOptions { Epochs = 1, BatchSize = 64, LearningRate = 0.1, Momentum = 0, Schedule = withSchedule ? new CosineSchedule() : null };
        var plain = Moves(options);
        var slower = Moves(options with { LearningRateFactors = new Dictionary<string, double> { ["conv"] = 0.1, ["fc"] = 2 } });
        Assert.That(slower["conv.weight"], Is.EqualTo(plain["conv.weight"] * 0.1).Within(1e-3).Percent);
        Assert.That(slower["fc.weight"], Is.EqualTo(plain["fc.weight"] * 2).Within(1e-3).Percent);
    }

    [Test]
    public void Checkpoint_OfATraining_HasTheRateOfEachGroup()
    {
        using var folder = new TemporaryFolder();
        var options = new TrainingOptions { Epochs = 1, BatchSize = 64, LearningRate = 0.1, LearningRateFactors = new Dictionary<string, double> { ["conv"] = 0.1 }, Checkpoints = new CheckpointOptions(folder.File("checkpoints")) };
        Moves(options);
        using var checkpoint = Checkpoint.Open(folder.File("checkpoints/epoch-001.pth"));
        var optimizer = (IReadOnlyDictionary<object, object?>)((IReadOnlyDictionary<object, object?>)checkpoint.Root!)["optimizer"]!;
        Assert.That(((IEnumerable<object?>)optimizer["param_groups"]!).Select(group => (double)((IReadOnlyDictionary<object, object?>)group!)["lr"]!), Is.EqualTo(new[] { 0.01, 0.1 }).Within(1e-9));
    }

    [Test]
    public void Train_NameOfNoPart_IsRefused() => Assert.That(
        () => Moves(new TrainingOptions { LearningRateFactors = new Dictionary<string, double> { ["features"] = 0.1 } }),
        Throws.ArgumentException.With.Message.EqualTo("The network has no layer or group 'features' to set a learning rate for; it has conv, fc."));

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    public void Validate_FactorOutOfRange_IsRefused(double factor) =>
        Assert.That(() => new TrainingOptions { LearningRateFactors = new Dictionary<string, double> { ["conv"] = factor } }.Validate(), Throws.InstanceOf<ArgumentException>());

    /// <summary>How far the first step moves each parameter.</summary>
    private static Dictionary<string, double> Moves(TrainingOptions options)
    {
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(64);
        var before = network.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.detach().clone());
        new Trainer(options with { Seed = 3 }).Train(network, data);
        return network.named_parameters().ToDictionary(pair => pair.name, pair => (pair.parameter.detach() - before[pair.name]).norm().to(ScalarType.Float64).item<double>());
    }
}
