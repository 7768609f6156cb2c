using System.Text.Json.Serialization;
using ConvScope.Augmentation;
using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training.NonFinite;
using ConvScope.Training.Optimization;
using ConvScope.Training.Saving;

namespace ConvScope.Training;

/// <summary>How a network is trained on the mean loss of each batch; by default with stochastic gradient descent with momentum.</summary>
/// <remarks>The values are checked when a <see cref="Trainer"/> takes them. They hold no state: one instance may serve many trainings.</remarks>
public sealed record TrainingOptions
{
    /// <summary>The seed where none was given.</summary>
    public const long DefaultSeed = 1;

    /// <summary>
    /// What the outputs of a network without a description mean. A <see cref="NetworkSpec"/> says so itself, in <see
    /// cref="NetworkSpec.Task"/>. Null, the default, takes what the description says, or multiclass classification where there is none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LearningTask? Task { get; init; }

    /// <summary>Passes over the training set, at least 1. Default 5.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Images a step, at least 1; the last batch of an epoch holds what is left. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Learning rate of the optimizer, positive and finite; with a schedule its largest. Default 0.01.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Momentum of the optimizer where <see cref="Optimizer"/> is null, 0 to below 1. Default 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>
    /// Factors of the learning rate for parts of the network, by the name of a layer or of a group such as <c>features</c>: <c>{ ["features"] = 0.1 }</c> trains those ten times slower than the rest. Positive and finite; the
    /// longest name that fits counts. Null, the default, for one rate.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? LearningRateFactors { get; init; }

    /// <summary>The optimizer; null, the default, for stochastic gradient descent with <see cref="Momentum"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OptimizerSpec? Optimizer { get; init; }

    /// <summary>How the learning rate changes; null, the default, for not at all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>Random changes of the training images, in their order; empty, the default, for none. Images become 32-bit floats.</summary>
    public IReadOnlyList<ImageAugmentation> Augmentations { get; init; } = [];

    /// <summary>Share of the target probability that all classes get alike, 0 to below 1. Szegedy et al., "Rethinking the Inception Architecture", 2016, section 7. Default 0; a regression allows nothing else.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// Factor of each class in the training loss, not negative and not all 0; null, the default, for 1 each. The loss of a batch is the mean of <c>w × loss</c> divided by the mean of <c>w</c>, as in PyTorch; validation losses and
    /// accuracies are of the images as they are. A regression has none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>Whether rare classes count more, in place of <see cref="ClassWeights"/>: a class with <c>n</c> of <c>N</c> training images gets <c>N / (K n)</c>, so that all together weigh the same. Default false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool BalanceClasses { get; init; }

    /// <summary>Which images an epoch takes: each once, or drawn by weights or classes. Default <see cref="Sampling.EachOnce"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Sampling Sampling { get; init; }

    /// <summary>Largest norm of all gradients together; larger ones are scaled down to it. Positive; null, the default, for no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LargestGradientNorm { get; init; }

    /// <summary>
    /// Share of the old value in a running average of the weights that is taken after every step, above 0 to below 1, such as 0.999. It
    /// is measured on the validation set, and the network gets it at the end. Null, the default, for the last weights themselves.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? WeightAverage { get; init; }

    /// <summary>Ends the training where the validation loss no longer falls, and gives the best weights back; null, the default, for never. It needs a validation set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>In which numbers the network computes while it is trained; it is measured and used in 32-bit floats. <see cref="Precision.Mixed"/> needs a described network. Default <see cref="Precision.Full"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Precision Precision { get; init; }

    /// <summary>
    /// Whether the channels of a place lie side by side in memory while the network is trained; shapes stay <c>[N, C, H, W]</c>. The
    /// same sums, rounded in another order; pooling and normalisation are several times as fast on CPUs. It needs a described network.
    /// Default false.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ChannelsLast { get; init; }

    /// <summary>
    /// Whether a GPU trains with algorithms that give the same bits again: cuDNN's deterministic ones, none that are tried out for
    /// speed. Then the same seed and data give the same losses to the last bit on the same GPU with the same libraries, with inspection
    /// and without; it may cost some speed. On the CPU they do so in any case. The switch is the whole process's; it is given back when
    /// the training ends. Default false.
    /// </summary>
    /// <remarks>
    /// Which of torch's own operations have no deterministic form on a GPU is said in <c>docs/devices.md</c>: of the described layers,
    /// adaptive average pooling to a size that does not divide the map's. Linux.
    /// </remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Deterministic { get; init; }

    /// <summary>
    /// Whether GPUs from Ampere on may round the factors of 32-bit products to TensorFloat-32, 10 bits of mantissa in place of 23,
    /// which is several times as fast: true for convolutions and fully connected layers, false for neither. Null, the default, leaves
    /// torch's setting: convolutions yes, fully connected layers no. The switch is the whole process's; it is given back when the
    /// training ends. CPUs know nothing of it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? AllowTensorFloat32 { get; init; }

    /// <summary>
    /// Seed of the initial weights and of the order of the images. The same seed, data and number of torch threads give the same losses
    /// to the last bit on the CPU, on a GPU with <see cref="Deterministic"/>. Null, the default, takes the seed of the <c>MLContext</c>
    /// where there is one, else <see cref="DefaultSeed"/>.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>
    /// What becomes of the training where a loss, or the weights at the end of an epoch, are NaN or infinite. Default
    /// <see cref="NonFiniteAction.Stop"/>: it ends with a <see cref="NonFiniteTrainingException"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NonFiniteAction OnNonFinite { get; init; }

    /// <summary>Where and how often the training is saved, so that it can be resumed; null, the default, for never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CheckpointOptions? Checkpoints { get; init; }

    /// <summary>
    /// A checkpoint to go on from, or a folder of checkpoints, of which the last whole one is taken; null, the default, to begin anew.
    /// Weights, optimizer, random states and the metrics of the epochs so far are restored: with the same data and options the rest of
    /// the training is, on the CPU and on a GPU with <see cref="Deterministic"/>, the same to the last bit as one that was never
    /// interrupted.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ResumeFrom { get; init; }

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Check(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Check(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Check(double.IsFinite(LearningRate) && LearningRate > 0, nameof(LearningRate), LearningRate, "positive and finite");
        Check(LearningRateFactors is null || LearningRateFactors.Values.All(factor => factor > 0 && double.IsFinite(factor)), nameof(LearningRateFactors), string.Join(", ", LearningRateFactors?.Values ?? []), "positive and finite");
        Checkpoints?.Validate();
        Check(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "0 to below 1");
        Check(LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "0 to below 1");
        Check(ClassWeights is null || (ClassWeights.All(weight => weight >= 0 && double.IsFinite(weight)) && ClassWeights.Any(weight => weight > 0)), nameof(ClassWeights), string.Join(", ", ClassWeights ?? []), "not negative, finite and not all 0");
        Check(ClassWeights is null || !BalanceClasses, nameof(BalanceClasses), BalanceClasses, "false where there are class weights");
        Check(LargestGradientNorm is null || (LargestGradientNorm > 0 && double.IsFinite(LargestGradientNorm.Value)), nameof(LargestGradientNorm), LargestGradientNorm ?? 0, "positive");
        Check(WeightAverage is null or (> 0 and < 1), nameof(WeightAverage), WeightAverage ?? 0, "above 0 to below 1");
        Check(Enum.IsDefined(Sampling), nameof(Sampling), Sampling, "EachOnce, ByWeight or Balanced");
        Check(Enum.IsDefined(Precision), nameof(Precision), Precision, "Full or Mixed");
        Check(Enum.IsDefined(OnNonFinite), nameof(OnNonFinite), OnNonFinite, "Stop or Continue");
        Optimizer?.Validate();
        Schedule?.Validate();
        EarlyStopping?.Validate();
        ArgumentNullException.ThrowIfNull(Augmentations);
        foreach (var augmentation in Augmentations)
            (augmentation ?? throw new ArgumentException($"{nameof(Augmentations)} holds a null.", nameof(Augmentations))).Validate();
    }

    private static void Check(bool holds, string name, object value, string allowed)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}.");
    }
}
