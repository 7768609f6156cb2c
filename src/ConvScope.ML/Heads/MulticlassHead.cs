using ConvScope.ML.Internals;
using ConvScope.ML.Labels;
using ConvScope.ML.Mapping;
using ConvScope.ML.Scoring;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;

namespace ConvScope.ML.Heads;

/// <summary>Key labels; <c>PredictedLabel</c>, a key with the label's values, and <c>Score</c>, the probability of each class.</summary>
internal sealed class MulticlassHead : Head
{
    public override string Words => "multiclass classification";

    public override string LabelWords => "a key of UInt32, such as MapValueToKey makes";

    public override bool Accepts(NetworkSpec network) => network.Task is MulticlassTask;

    public override bool AcceptsLabel(DataViewType type, bool isKey) => isKey && type.RawType == typeof(uint);

    public override ColumnNames Names(ColumnNames wanted) => wanted with { Probability = "" };

    public override ClassLabels Labels(DataViewSchema.Column label) => ClassLabels.Read(label);

    public override int Outputs(DataViewSchema.Column label) => (int)((KeyDataViewType)label.Type).Count;

    public override LabelReader Reader(DataViewRow row, DataViewSchema.Column label, string set, DataViewSchema.Column? training = null)
    {
        var getter = row.GetGetter<uint>(label);
        var key = 0u;
        var labels = Labels(label);
        return new ClassReader(() =>
        {
            getter(ref key);
            return key - 1L; // 0 is missing
        }, new LabelSource(label.Name, set, labels), training is { } known ? labels.PlacesIn(Labels(known), label.Name) : null);
    }

    public override ScoreColumns Columns(ConvNetModel model, string featureColumnName, ColumnNames names) => new MulticlassColumns(model, featureColumnName, names);

    public override IEnumerable<SchemaShape.Column> Promise(SchemaShape.Column label, ColumnNames names) => [OutputShape.Key(names.PredictedLabel, label), OutputShape.Scores(names.Score, label)];

    protected override void Check(DataViewSchema.Column label)
    {
        var count = ((KeyDataViewType)label.Type).Count;
        if (count is < 2 or > int.MaxValue)
            throw new ArgumentOutOfRangeException(null, $"Label column '{label.Name}' must have at least 2 classes; it has {count}. MapValueToKey makes one of each value that it sees: look whether the data have rows, and of more than one class.");
    }
}
