using ConvScope.ML.Scoring;

namespace ConvScope.ML.Mapping;

/// <summary>The columns of a scorer, annotated as ML.NET's evaluators expect them.</summary>
/// <param name="model">The network.</param>
/// <param name="featureColumnName">Column of the raw pixels.</param>
/// <param name="names">Names of the columns.</param>
internal abstract class ScoreColumns(ConvNetModel model, string featureColumnName, ColumnNames names) : AddedColumns(model, featureColumnName)
{
    public const string ScoreColumnSetId = "ScoreColumnSetId";
    public const string ScoreColumnKind = "ScoreColumnKind";
    public const string ScoreValueKind = "ScoreValueKind";
    public const string SlotNames = "SlotNames";
    public const string KeyValues = "KeyValues";
    public const string TrainingLabelValues = "TrainingLabelValues";
    public const string IsNormalized = "IsNormalized";

    protected const string PredictedLabelKind = "PredictedLabel", ScoreKind = "Score", ProbabilityKind = "Probability"; // ML.NET's names of kinds, whatever the columns' own

    /// <summary>Names of the columns.</summary>
    public ColumnNames Names { get; } = names;

    /// <summary>What ML.NET calls a scorer of this kind.</summary>
    protected abstract string Kind { get; }

    /// <summary>The input's columns followed by the scorer's.</summary>
    public override DataViewSchema Extend(DataViewSchema input)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        AddTo(schema, NextSetId(input));
        return schema.ToSchema();
    }

    /// <summary>Adds the scorer's columns.</summary>
    /// <param name="schema">The schema that is made.</param>
    /// <param name="setId">Number of the set that the columns form.</param>
    protected abstract void AddTo(DataViewSchema.Builder schema, uint setId);

    /// <summary>The annotations that every column of a scorer has.</summary>
    protected DataViewSchema.Annotations Annotations(uint setId, string valueKind, Action<DataViewSchema.Annotations.Builder>? add = null)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        add?.Invoke(annotations);
        annotations.AddPrimitiveValue(ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue), setId);
        annotations.AddPrimitiveValue(ScoreColumnKind, TextDataViewType.Instance, Kind.AsMemory());
        annotations.AddPrimitiveValue(ScoreValueKind, TextDataViewType.Instance, valueKind.AsMemory());
        return annotations.ToAnnotations();
    }

    /// <summary>The getter of a value that follows from a row's first number.</summary>
    protected static ValueGetter<T> ScalarGetter<T>(Func<(RowValues Values, int Index)> current, Func<float, T> convert) => (ref T value) =>
    {
        var (values, index) = current();
        value = convert(values.Row(index)[0]);
    };

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
