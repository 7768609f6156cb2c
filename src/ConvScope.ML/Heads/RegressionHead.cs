using ConvScope.ML.Internals;
using ConvScope.ML.Labels;
using ConvScope.ML.Mapping;
using ConvScope.ML.Scoring;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training.Images;
using TorchSharp;

namespace ConvScope.ML.Heads;

/// <summary>Labels that are numbers; <c>Score</c>, the prediction in the label's unit.</summary>
internal sealed class RegressionHead : Head
{
    public override string Words => "regression";

    public override string LabelWords => "Single";

    /// <summary>Any network with one output will do: where it is not described for regression it gets the labels' mean and deviation.</summary>
    public override bool Accepts(NetworkSpec network) => network.Outputs == 1;

    public override bool AcceptsLabel(DataViewType type, bool isKey) => type == NumberDataViewType.Single;

    public override ColumnNames Names(ColumnNames wanted) => new(wanted.Score);

    public override ClassLabels Labels(DataViewSchema.Column label) => ClassLabels.None;

    public override LabelReader Reader(DataViewRow row, DataViewSchema.Column label, string set, DataViewSchema.Column? training = null) =>
        new NumberReader(row.GetGetter<float>(label), new LabelSource(label.Name, set));

    /// <summary>A network that does not say how labels are standardised gets the mean and the deviation of the training labels.</summary>
    public override NetworkSpec Describe(NetworkSpec network, TrainingImages train)
    {
        if (network.Task is RegressionTask)
            return network;
        using var scope = torch.NewDisposeScope();
        return network.For(RegressionTask.Of(train.AllLabels().cpu().data<float>().ToArray()));
    }

    public override ScoreColumns Columns(ConvNetModel model, string featureColumnName, ColumnNames names) => new RegressionColumns(model, featureColumnName, names);

    public override IEnumerable<SchemaShape.Column> Promise(SchemaShape.Column label, ColumnNames names) => [OutputShape.Scalar(names.Score, NumberDataViewType.Single)];
}
