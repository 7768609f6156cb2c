using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>Rare classes that count more in the training loss, as PyTorch's weighted mean.</summary>
public sealed class ClassWeightsTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Loss_Multiclass_IsPyTorchsWeightedMean()
    {
        using var scope = NewDisposeScope();
        var (outputs, labels, weights) = (randn(20, 3, generator: new Generator(1)), arange(20, dtype: ScalarType.Int64).remainder(3), tensor(new[] { 0.5f, 2, 4 }));
        var each = nn.functional.cross_entropy(outputs, labels, reduction: nn.Reduction.None);
        var w = weights.index_select(0, labels);
        Assert.That(new MulticlassTask().Loss(outputs, labels, classWeights: weights).item<float>(), Is.EqualTo((each * w).sum().div(w.sum()).item<float>()).Within(1e-6));
    }

    [Test]
    public void Loss_Binary_IsTheWeightedMean()
    {
        using var scope = NewDisposeScope();
        var (outputs, labels, weights) = (randn(20, 1, generator: new Generator(1)), arange(20, dtype: ScalarType.Int64).remainder(2), tensor(new[] { 0.5f, 2 }));
        var each = nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(1), labels.to(ScalarType.Float32), reduction: nn.Reduction.None);
        var w = weights.index_select(0, labels);
        Assert.That(new BinaryTask().Loss(outputs, labels, classWeights: weights).item<float>(), Is.EqualTo((each * w).sum().div(w.sum()).item<float>()).Within(1e-6));
    }

    [Test]
    public void Train_BalancedClasses_IsTheSameAsTheirWeights()
    {
        using var data = Imbalanced();
        var balanced = Losses(data, new TrainingOptions { BalanceClasses = true });
        var counts = Enumerable.Range(0, 3).Select(label => data.Labels.eq(label).sum().item<long>()).ToArray();
        var weighted = Losses(data, new TrainingOptions { ClassWeights = [.. counts.Select(count => data.Count / (3.0 * count))] });
        Assert.That(balanced, Is.EqualTo(weighted));
        Assert.That(balanced, Is.Not.EqualTo(Losses(data, new TrainingOptions())));
        Assert.That(Losses(data, new TrainingOptions { ClassWeights = [1, 1, 1] }), Is.EqualTo(Losses(data, new TrainingOptions())).Within(1e-6));
    }

    [Test]
    public void Train_WeightsThatDoNotFit_AreRefused()
    {
        using var data = Imbalanced();
        Assert.That(() => Losses(data, new TrainingOptions { ClassWeights = [1, 1] }), Throws.ArgumentException.With.Message.EqualTo("There are 2 class weights; the network tells 3 classes apart."));
        Assert.That(() => new TrainingOptions { ClassWeights = [1, -1] }.Validate(), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new TrainingOptions { ClassWeights = [0, 0] }.Validate(), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new TrainingOptions { ClassWeights = [1, 1], BalanceClasses = true }.Validate(), Throws.InstanceOf<ArgumentException>());
        using var numbers = ToySquares.Regression(16);
        using var network = ToySquares.Network.For(new RegressionTask()).CreateModule(1);
        Assert.That(() => new Trainer(new TrainingOptions { BalanceClasses = true }).Train(network, numbers), Throws.ArgumentException.With.Message.StartsWith("Class weights are for classes;"));
    }

    private static double[] Losses(LabeledImages data, TrainingOptions options)
    {
        using var network = ToyImages.Network.CreateModule(1);
        return [.. new Trainer(options with { Epochs = 2, BatchSize = 8, Seed = 3 }).Train(network, data).Epochs.Select(epoch => epoch.TrainLoss)];
    }

    /// <summary>Many of one class, few of the others.</summary>
    private static LabeledImages Imbalanced()
    {
        using var all = ToyImages.Create(60);
        using var scope = NewDisposeScope();
        var rows = all.Labels.eq(0).logical_or(arange(60).remainder(5).eq(0)).nonzero().reshape(-1);
        var pixels = all.Images.index_select(0, rows).data<byte>().ToArray();
        return LabeledImages.Create(pixels, all.Labels.index_select(0, rows).data<long>().ToArray(), ToyImages.Network.Input);
    }
}
