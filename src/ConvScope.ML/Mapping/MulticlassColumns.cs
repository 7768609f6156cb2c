using ConvScope.ML.Labels;
using ConvScope.ML.Scoring;

namespace ConvScope.ML.Mapping;

/// <summary>The two columns of a classifier of several classes: <c>PredictedLabel</c>, a key with the label's values, then <c>Score</c>, the probability of each class.</summary>
/// <param name="model">The network.</param>
/// <param name="featureColumnName">Column of the raw pixels.</param>
/// <param name="names">Names of the columns.</param>
internal sealed class MulticlassColumns(ConvNetModel model, string featureColumnName, ColumnNames names) : ScoreColumns(model, featureColumnName, names)
{
    /// <summary>Number of classes.</summary>
    public override int ValueCount => Model.Network.Outputs;

    protected override string Kind => "MulticlassClassification";

    private ClassLabels Labels => Model.Labels;

    public override void Compute(Array pixels, int rows, Span<float> values) => Model.Predict(pixels, rows, values);

    public override Delegate Getter(int column, Func<(RowValues Values, int Index)> current) => column == 0 ? KeyGetter(current) : VectorGetter(current);

    protected override void AddTo(DataViewSchema.Builder schema, uint setId)
    {
        schema.AddColumn(Names.PredictedLabel, new KeyDataViewType(typeof(uint), Labels.Count), Annotations(setId, PredictedLabelKind, annotations => Labels.AddValues(annotations, KeyValues)));
        schema.AddColumn(Names.Score, new VectorDataViewType(NumberDataViewType.Single, Labels.Count), Annotations(setId, ScoreKind, annotations =>
        {
            Labels.AddNames(annotations, SlotNames);
            Labels.AddValues(annotations, TrainingLabelValues);
        }));
    }

    private static ValueGetter<uint> KeyGetter(Func<(RowValues Values, int Index)> current) => (ref uint value) =>
    {
        var (values, index) = current();
        value = Key(values.Row(index));
    };

    /// <summary>Key of the most probable class, from 1; 0, which is missing, for a row that could not be scored. The first of equals wins.</summary>
    private static uint Key(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
                best = i;
        }

        return float.IsNaN(scores[best]) ? 0 : (uint)best + 1;
    }
}
