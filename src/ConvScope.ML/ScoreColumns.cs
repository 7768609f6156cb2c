namespace ConvScope.ML;

/// <summary>The two columns that a trained network adds to a view: <c>PredictedLabel</c>, then <c>Score</c>, annotated as ML.NET's evaluators expect them.</summary>
/// <param name="PredictedLabel">Name of the column of the most probable class.</param>
/// <param name="Score">Name of the column of the probabilities.</param>
/// <param name="Labels">The classes.</param>
internal sealed record ScoreColumns(string PredictedLabel, string Score, ClassLabels Labels)
{
    public const string ScoreColumnSetId = "ScoreColumnSetId";
    public const string ScoreColumnKind = "ScoreColumnKind";
    public const string ScoreValueKind = "ScoreValueKind";
    public const string SlotNames = "SlotNames";
    public const string KeyValues = "KeyValues";
    public const string TrainingLabelValues = "TrainingLabelValues";

    private const string Multiclass = "MulticlassClassification";

    /// <summary>The input's columns followed by the two: <c>PredictedLabel</c> at the input's count, <c>Score</c> behind it.</summary>
    public DataViewSchema Extend(DataViewSchema input)
    {
        var setId = NextSetId(input);
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        schema.AddColumn(PredictedLabel, new KeyDataViewType(typeof(uint), Labels.Count), PredictedLabelAnnotations(setId));
        schema.AddColumn(Score, new VectorDataViewType(NumberDataViewType.Single, Labels.Count), ScoreAnnotations(setId));
        return schema.ToSchema();
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

    /// <summary>One more than the largest set that the input holds: columns of one set belong to one scorer.</summary>
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
