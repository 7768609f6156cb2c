namespace ConvScope.ML.Mapping;

/// <summary>The two columns that a trained network adds to a view: <c>PredictedLabel</c>, then <c>Score</c>, annotated as ML.NET's evaluators expect them.</summary>
/// <param name="model">The network.</param>
/// <param name="featureColumnName">Column of the raw pixels.</param>
/// <param name="predictedLabel">Name of the column of the most probable class.</param>
/// <param name="score">Name of the column of the probabilities.</param>
internal sealed class PredictionColumns(ConvNetModel model, string featureColumnName, string predictedLabel, string score) : AddedColumns(model, featureColumnName)
{
    public const string ScoreColumnSetId = "ScoreColumnSetId";
    public const string ScoreColumnKind = "ScoreColumnKind";
    public const string ScoreValueKind = "ScoreValueKind";
    public const string SlotNames = "SlotNames";
    public const string KeyValues = "KeyValues";
    public const string TrainingLabelValues = "TrainingLabelValues";

    private const string Multiclass = "MulticlassClassification";

    /// <summary>Name of the column of the most probable class.</summary>
    public string PredictedLabel { get; } = predictedLabel;

    /// <summary>Name of the column of the probabilities.</summary>
    public string Score { get; } = score;

    /// <summary>Number of classes.</summary>
    public override int ValueCount => Model.Network.ClassCount;

    private ClassLabels Labels => Model.Labels;

    /// <summary>The input's columns followed by the two: <c>PredictedLabel</c> at the input's count, <c>Score</c> behind it.</summary>
    public override DataViewSchema Extend(DataViewSchema input)
    {
        var setId = NextSetId(input);
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        schema.AddColumn(PredictedLabel, new KeyDataViewType(typeof(uint), Labels.Count), PredictedLabelAnnotations(setId));
        schema.AddColumn(Score, new VectorDataViewType(NumberDataViewType.Single, Labels.Count), ScoreAnnotations(setId));
        return schema.ToSchema();
    }

    public override void Compute(Array pixels, int rows, Span<float> values) => Model.Predict(pixels, rows, values);

    public override Delegate Getter(int column, Func<(RowValues Values, int Index)> current) => column == 0 ? KeyGetter(current) : VectorGetter(current);

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

    private DataViewSchema.Annotations PredictedLabelAnnotations(uint setId)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        Labels.AddValues(annotations, KeyValues);
        AddKinds(annotations, setId, "PredictedLabel");
        return annotations.ToAnnotations();
    }

    private DataViewSchema.Annotations ScoreAnnotations(uint setId)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        Labels.AddNames(annotations, SlotNames);
        Labels.AddValues(annotations, TrainingLabelValues);
        AddKinds(annotations, setId, "Score");
        return annotations.ToAnnotations();
    }

    private static void AddKinds(DataViewSchema.Annotations.Builder annotations, uint setId, string valueKind)
    {
        annotations.AddPrimitiveValue(ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue), setId);
        annotations.AddPrimitiveValue(ScoreColumnKind, TextDataViewType.Instance, Multiclass.AsMemory());
        annotations.AddPrimitiveValue(ScoreValueKind, TextDataViewType.Instance, valueKind.AsMemory());
    }

    /// <summary>One more than the largest set that the input holds: columns of one set belong to one values.</summary>
    private static uint NextSetId(DataViewSchema input)
    {
        var largest = 0u;
        foreach (var column in input)
        {
            if (column.Annotations.Schema.GetColumnOrNull(ScoreColumnSetId)?.Type is KeyDataViewType { RawType: var raw } && raw == typeof(uint))
            {
                var id = 0u;
                column.Annotations.GetValue(ScoreColumnSetId, ref id);
                largest = Math.Max(largest, id);
            }
        }

        return largest + 1;
    }
}
