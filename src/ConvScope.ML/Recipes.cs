using ConvScope.Augmentation;
using ConvScope.Datasets;
using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Training;
using ConvScope.Training.Optimization;

namespace ConvScope.ML;

/// <summary>
/// Trainings that are known to work, as options to start from: <c>Recipes.MnistFast with { Inspection = new("runs/mnist") }</c>. They were chosen on held-out training images; what each reaches on test images, and how
/// that was measured, stands in <c>docs/recipes.md</c>.
/// </summary>
public static class Recipes
{
    private static readonly TrainingOptions _oneCycle = new()
    {
        BatchSize = 128,
        LearningRate = 0.1,
        Optimizer = new SgdOptimizer { Nesterov = true, WeightDecay = 5e-4 },
        Schedule = new OneCycleSchedule(),
        Precision = Precision.Mixed,
        ChannelsLast = true,
    };

    /// <summary>The seed of this project: LeNet-5 with plain momentum on MNIST, five epochs.</summary>
    public static ConvNetOptions LeNet5Seed { get; } = new() { Network = LeNet5.Create(), Training = new TrainingOptions { Epochs = 5 } };

    /// <summary>MNIST in seconds: one epoch of <see cref="SmallNet"/> along one cycle of the learning rate, with some label smoothing.</summary>
    public static ConvNetOptions MnistFast { get; } = new()
    {
        Network = SmallNet.Create(),
        Training = _oneCycle with { Epochs = 1, LearningRate = 0.2, LabelSmoothing = 0.05 },
    };

    /// <summary>MNIST as well as one small network does it, without ensemble or test-time augmentation: 20 epochs of <see cref="SmallNet"/> on images that are turned, scaled and shifted.</summary>
    public static ConvNetOptions MnistAccurate { get; } = new()
    {
        Network = SmallNet.Create(width: 24, depth: 2),
        Training = _oneCycle with { Epochs = 20, Augmentations = [new RotateAndScale(Degrees: 15, Scale: 0.15), new Shift(2)] },
    };

    /// <summary>Fashion-MNIST: 15 epochs of <see cref="SmallNet"/> on images that are shifted, mirrored and partly covered.</summary>
    public static ConvNetOptions FashionMnist { get; } = new()
    {
        Network = SmallNet.Create(normalization: Normalization.FashionMnist, width: 32, depth: 2),
        Training = _oneCycle with { Epochs = 15, Augmentations = [new Shift(2), new Flip(), new RandomErasing { LargestArea = 0.2 }] },
    };

    /// <summary>
    /// Photographs in folders, fine-tuned: <see cref="ResNet"/>-18 with weights of ImageNet, at 224×224, of which only the last layer learns. On <c>LoadFromImageFolder</c>'s rows; a GPU, or some thousand images, are its measure.
    /// </summary>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="weights">Weights of ResNet-18: torchvision's <c>resnet18-f37072fd.pth</c>, or any file that <see cref="ConvNetOptions.InitialWeights"/> takes.</param>
    public static ConvNetOptions Photographs(int classes, string weights) => new()
    {
        Network = ResNet.Create(18, classes),
        FeatureColumnName = "ImagePath",
        InitialWeights = weights,
        FreezeUntil = "layer4",
        Decoding = new ImageDecoding { CropShare = 0.875 },
        Training = new TrainingOptions { Epochs = 3, BatchSize = 32, LearningRate = 0.001, Optimizer = new AdamOptimizer(), Augmentations = [new Flip()], Precision = Precision.Mixed, ChannelsLast = true },
    };

    /// <summary>CIFAR-10: 24 epochs of <see cref="ResNet9"/>, after Page, "How to train your ResNet", 2018. Made for a GPU; an epoch takes minutes on a CPU.</summary>
    public static ConvNetOptions Cifar10 { get; } = new()
    {
        Network = ResNet9.Create(),
        Training = _oneCycle with { Epochs = 24, BatchSize = 512, LearningRate = 0.4, LabelSmoothing = 0.1, Augmentations = [new Shift(4), new Flip(), RandomErasing.CutOut(0.0625)] },
    };
}
