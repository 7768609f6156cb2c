using ConvScope.Augmentation;
using ConvScope.Networks;
using ConvScope.Training;
using ConvScope.Training.Optimization;

namespace ConvScope.ML;

/// <summary>
/// Trainings that are known to work, as options to start from: <c>Recipes.MnistFast with { Inspection = new("runs/mnist") }</c>. Network, optimizer, schedule, augmentation and number of epochs are fixed; none was
/// chosen by its accuracy on test images. Accuracies are means over seeds on the test set; times are of two cores of a server CPU that multiplies bfloat16, evaluation included.
/// </summary>
public static class Recipes
{
    /// <summary>The seed of this project: LeNet-5 with plain momentum on MNIST, five epochs. About 98.9 % in 13 s.</summary>
    public static ConvNetOptions LeNet5Seed { get; } = new() { Network = LeNet5.Create(), Training = new TrainingOptions { Epochs = 5 } };

    /// <summary>MNIST in seconds: one epoch of <see cref="SmallNet"/>.</summary>
    public static ConvNetOptions MnistFast { get; } = new()
    {
        Network = SmallNet.Create(),
        Training = new TrainingOptions
        {
            Epochs = 1,
            BatchSize = 128,
            LearningRate = 0.1,
            Optimizer = new SgdOptimizer { Nesterov = true, WeightDecay = 5e-4 },
            Schedule = new OneCycleSchedule(),
            Precision = Precision.Mixed,
            ChannelsLast = true,
        },
    };

    /// <summary>MNIST as well as one network does it, without ensemble or test-time augmentation.</summary>
    public static ConvNetOptions MnistAccurate { get; } = new()
    {
        Network = SmallNet.Create(width: 24, depth: 2),
        Training = MnistFast.Training with { Epochs = 20, Augmentations = [new RotateAndScale(Degrees: 15, Scale: 0.15), new Shift(2)] },
    };

    /// <summary>Fashion-MNIST.</summary>
    public static ConvNetOptions FashionMnist { get; } = new()
    {
        Network = SmallNet.Create(normalization: Normalization.FashionMnist, width: 32, depth: 2),
        Training = MnistFast.Training with { Epochs = 15, Augmentations = [new Shift(2), new Flip(), new RandomErasing { LargestArea = 0.2 }] },
    };

    /// <summary>CIFAR-10.</summary>
    public static ConvNetOptions Cifar10 { get; } = new()
    {
        Network = ResNet9.Create(),
        Training = MnistFast.Training with { Epochs = 24, BatchSize = 512, LearningRate = 0.4, LabelSmoothing = 0.1, Augmentations = [new Shift(4), new Flip(), RandomErasing.CutOut(0.0625)] },
    };
}
