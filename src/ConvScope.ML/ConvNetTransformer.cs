using ConvScope.ML.Heads;
using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;
using ConvScope.ML.Scoring;
using ConvScope.Training;

namespace ConvScope.ML;

/// <summary>
/// A trained network as an ML.NET transformer. For several classes it adds <c>PredictedLabel</c> (key with the label's values) and <c>Score</c> (softmax probabilities); for binary classification
/// <c>PredictedLabel</c> (Boolean), <c>Score</c> (the logit) and <c>Probability</c> (its sigmoid); for regression <c>Score</c> (in the label's unit). It is saved and loaded with <c>mlContext.Model</c>.
/// </summary>
/// <remarks>Disposing it frees the network's weights; a <see cref="PredictionEngine{TSrc, TDst}"/> does so unless its options say that it does not own the transformer.</remarks>
public sealed class ConvNetTransformer : NetworkTransformer, ISingleFeaturePredictionTransformer<ConvNetModel>
{
    internal ConvNetTransformer(DataViewType featureColumnType, ScoreColumns columns)
        : base(ownsModel: true)
    {
        FeatureColumnType = featureColumnType;
        Columns = columns;
    }

    /// <summary>A network that was trained elsewhere, such as torchvision's, as a transformer that scores: <c>ConvNetTransformer.Create(ConvNetModel.FromCheckpoint(ResNet.Create(50), "resnet50.pth"))</c>.</summary>
    /// <param name="model">The network; the transformer takes it over, and disposes it.</param>
    /// <param name="options">Names of the columns; null for those of <see cref="ConvNetOptions"/>. Nothing else of them is looked at.</param>
    /// <exception cref="ArgumentException">Two columns have one name.</exception>
    public static ConvNetTransformer Create(ConvNetModel model, ConvNetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new ConvNetOptions();
        var head = Head.Of(model.Network.Task);
        var input = model.Network.Input;
        return new ConvNetTransformer(
            new VectorDataViewType(NumberDataViewType.Byte, input.Channels, input.Height, input.Width), head.Columns(model, options.FeatureColumnName, head.Names(options.OutputColumns).Checked()));
    }

    /// <summary>Type of the column of raw pixels when the network was trained.</summary>
    public DataViewType FeatureColumnType { get; }

    /// <summary>What each epoch came to; null for a model that was loaded.</summary>
    public TrainingResult? Training { get; internal init; }

    /// <summary>The folder in which the training's inspection was kept, as a full path; null where there was none.</summary>
    public string? RunFolder { get; internal init; }

    /// <summary>The column of scores that it makes.</summary>
    public string ScoreColumnName => Columns.Names.Score;

    /// <summary>The column of probabilities of yes that a binary classifier makes; null for others.</summary>
    public string? ProbabilityColumnName => Columns.Names.Probability is { Length: > 0 } name ? name : null;

    /// <summary>The score above which a binary classifier says yes; 0, a probability of one half, unless <see cref="ConvNetCatalog.ChangeModelThreshold"/> changed it. 0 for others.</summary>
    public float Threshold => (Columns as BinaryColumns)?.Threshold ?? 0;

    internal ScoreColumns Columns { get; }

    private protected override AddedColumns Added => Columns;

    private protected override void Save(ModelSaveContext context) => ModelFile.Save(context, FeatureColumnType, Columns);
}
