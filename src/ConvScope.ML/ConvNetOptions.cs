using ConvScope.Datasets;
using ConvScope.Inspection;
using ConvScope.ML.Mapping;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training;
using ConvScope.Training.Images;

namespace ConvScope.ML;

/// <summary>What a <see cref="ConvNetTrainer"/> trains, on which columns, and what it shows of it.</summary>
/// <remarks>The options hold no state: one instance may serve any number of trainers and fits.</remarks>
public sealed record ConvNetOptions
{
    /// <summary>Column of the labels: a key of 32 bits, such as <c>MapValueToKey</c> makes, for several classes; <see cref="bool"/> for binary classification; <see cref="float"/> for regression. Default <c>Label</c>.</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// Column of the images. Raw pixels: a vector of <see cref="float"/> or <see cref="byte"/> of known size, channel after channel, row after row. Or what is decoded to the size of <see cref="Network"/>: the path of an image file, a
    /// text; the bytes of one, a vector of <see cref="byte"/> of any size, such as <c>LoadRawImageBytes</c> makes; or an <see cref="MLImage"/>, such as <c>LoadImages</c> makes. A trained network scores any of them, whichever it was
    /// trained on. Default <c>Features</c>.
    /// </summary>
    public string FeatureColumnName { get; init; } = "Features";

    /// <summary>
    /// Column of <see cref="float"/> that says how much each row counts, 0 or more: the training loss is the mean of the rows' losses by their weights, or rows are drawn by them
    /// (<see cref="TrainingOptions.Sampling"/>). Accuracies, confusions and everything that is measured on a validation set count each image once. Null, the default, for 1 each.
    /// </summary>
    public string? ExampleWeightColumnName { get; init; }

    /// <summary>
    /// Column that gets the score: the probability of each class, a vector; the logit of binary classification, above 0 for yes; the value of a regression in the label's unit. Default <c>Score</c>.
    /// </summary>
    public string ScoreColumnName { get; init; } = "Score";

    /// <summary>Column that gets the most probable class: a key with the label's values, or <see cref="bool"/> for binary classification. A regression makes none. Default <c>PredictedLabel</c>.</summary>
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <summary>Column that gets the probability of yes in binary classification; others make none. Default <c>Probability</c>.</summary>
    public string ProbabilityColumnName { get; init; } = "Probability";

    /// <summary>
    /// The network: one output a class, or one output for binary classification and regression. Null, the default, takes <see cref="LeNet5"/> for the size of the features and the classes of the label;
    /// features that are no <c>[C, H, W]</c> vector are taken for one square grey image. A regression standardises its labels by mean and deviation of the training set and keeps both with the network,
    /// unless the network is described with a <see cref="RegressionTask"/> of its own.
    /// </summary>
    public NetworkSpec? Network { get; init; }

    /// <summary>
    /// What to begin with: a checkpoint, PyTorch's <c>.pth</c>, safetensors, TorchSharp's <c>.dat</c> or ONNX, or a <c>model.zip</c> with a network of ConvScope. Every tensor of the network must be in it by its name. The last layer begins anew where it has another number of outputs.
    /// Null, the default, for fresh weights.
    /// </summary>
    public string? InitialWeights { get; init; }

    /// <summary>
    /// What stands before the network's names in <see cref="InitialWeights"/>, such as <c>module.</c>; tensors without it are left. Null, the default, finds it by matching the names; empty takes them as they are.
    /// </summary>
    public string? WeightsPrefix { get; init; }

    /// <summary>
    /// Whether <see cref="InitialWeights"/> expect the colours in the order blue, green, red, as those of Caffe, CNTK and OpenCV do: the input channels of the first layer are turned. Default false.
    /// </summary>
    public bool WeightsTakeBgr { get; init; }

    /// <summary>
    /// Names of calls that <see cref="InitialWeights"/> may ask Python for, such as <c>mymodule.Scheduler</c>. Nothing is called here, but a file that asks for anything unknown is refused unless it is named. None by default.
    /// </summary>
    public IReadOnlyList<string> AllowedCalls { get; init; } = [];

    /// <summary>
    /// Name of a layer, or of a group such as <c>features</c>: what lies up to and with it stays as it is, parameters and running statistics, and computes as in predictions. Null, the default, trains everything.
    /// </summary>
    public string? FreezeUntil { get; init; }

    /// <summary>
    /// Whether the frozen part computes as in training all the same, as a frozen part does in PyTorch that nobody calls <c>eval</c> for: the running statistics of its normalisations move, and its dropout draws. Default false.
    /// </summary>
    public bool FrozenPartIsInTrainingMode { get; init; }

    /// <summary>How it is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>How image files become pixels where the feature column holds their paths; kept with the model.</summary>
    public ImageDecoding Decoding { get; init; } = new();

    /// <summary>How image files are streamed where they are more than memory is to hold; see <see cref="StreamingOptions.ResidentLimit"/>.</summary>
    public StreamingOptions Streaming { get; init; } = new();

    /// <summary>
    /// Rows that are measured after each epoch and never trained on; null, the default, for none. A key label may number its values in another way than the training set's: they are matched by value.
    /// </summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>
    /// Share of the training rows that is kept back to be measured after each epoch, above 0 to below 1, in place of a <see cref="ValidationSet"/>: the same share of each class, chosen by the seed. Null, the default, for none.
    /// </summary>
    public double? ValidationFraction { get; init; }

    /// <summary>What is measured inside the network while it trains, and where that is kept; null, the default, for nothing.</summary>
    public InspectionOptions? Inspection { get; init; }

    /// <summary>Who else is told of steps and epochs. An observer that keeps state of a training serves one <c>Fit</c>.</summary>
    public IReadOnlyList<TrainingObserver> Observers { get; init; } = [];

    /// <summary>Ends a training before its next step; <c>Fit</c> then throws <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Names of the columns that are asked for; a head makes those that it has.</summary>
    internal ColumnNames OutputColumns => new(ScoreColumnName, PredictedLabelColumnName, ProbabilityColumnName);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A name is empty, or a value is out of its range.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(LabelColumnName, nameof(LabelColumnName));
        ArgumentException.ThrowIfNullOrWhiteSpace(FeatureColumnName, nameof(FeatureColumnName));
        ArgumentException.ThrowIfNullOrWhiteSpace(ScoreColumnName, nameof(ScoreColumnName));
        ArgumentException.ThrowIfNullOrWhiteSpace(PredictedLabelColumnName, nameof(PredictedLabelColumnName));
        ArgumentException.ThrowIfNullOrWhiteSpace(ProbabilityColumnName, nameof(ProbabilityColumnName));
        ArgumentNullException.ThrowIfNull(Training);
        ArgumentNullException.ThrowIfNull(Observers);
        ArgumentNullException.ThrowIfNull(Decoding);
        ArgumentNullException.ThrowIfNull(Streaming);
        Training.Validate();
        Decoding.Validate();
        Streaming.Validate();
        Inspection?.Validate();
        if (ValidationFraction is not (null or (> 0 and < 1)))
            throw new ArgumentOutOfRangeException(nameof(ValidationFraction), ValidationFraction, "The validation fraction is a share of the training rows, above 0 to below 1.");
        if (ValidationFraction is not null && ValidationSet is not null)
            throw new ArgumentException($"There is a {nameof(ValidationSet)} already; {nameof(ValidationFraction)} takes one from the training set.", nameof(ValidationFraction));
    }
}
