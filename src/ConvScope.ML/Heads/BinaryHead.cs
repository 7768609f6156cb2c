using ConvScope.ML.Internals;
using ConvScope.ML.Labels;
using ConvScope.ML.Mapping;
using ConvScope.ML.Scoring;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;

namespace ConvScope.ML.Heads;

/// <summary>Boolean labels; <c>PredictedLabel</c>, <c>Score</c>, the logit, and <c>Probability</c>, its sigmoid.</summary>
internal sealed class BinaryHead : Head
{
    public override string Words => "binary classification";

    public override string LabelWords => "Boolean";

    public override bool Accepts(NetworkSpec network) => network.Task is BinaryTask;

    public override bool AcceptsLabel(DataViewType type, bool isKey) => type is BooleanDataViewType;

    public override ColumnNames Names(ColumnNames wanted) => wanted;

    public override ClassLabels Labels(DataViewSchema.Column label) => ClassLabels.Boolean;

    public override LabelReader Reader(DataViewRow row, DataViewSchema.Column label, string set, DataViewSchema.Column? training = null)
    {
        var getter = row.GetGetter<bool>(label);
        var value = false;
        return new ClassReader(() =>
        {
            getter(ref value);
            return value ? 1 : 0;
        }, new LabelSource(label.Name, set));
    }

    public override ScoreColumns Columns(ConvNetModel model, string featureColumnName, ColumnNames names) => new BinaryColumns(model, featureColumnName, names);

    public override IEnumerable<SchemaShape.Column> Promise(SchemaShape.Column label, ColumnNames names) =>
    [
        OutputShape.Scalar(names.PredictedLabel, BooleanDataViewType.Instance),
        OutputShape.Scalar(names.Score, NumberDataViewType.Single),
        OutputShape.Scalar(names.Probability, NumberDataViewType.Single, isNormalized: true),
    ];
}
