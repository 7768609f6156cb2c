using ConvScope.ML.Mapping;
using ConvScope.ML.Scoring;

namespace ConvScope.ML.Internals;

/// <summary>What a training promises of its output's schema, before any row is read. ML.NET keeps the constructor of a shape's column internal.</summary>
internal static class OutputShape
{
    /// <summary>A scorer's column of one value.</summary>
    public static SchemaShape.Column Scalar(string name, DataViewType type, bool isNormalized = false) => new(
        name, SchemaShape.Column.VectorKind.Scalar, type, isKey: false, new SchemaShape([.. Kinds(), .. isNormalized ? [Normalized()] : Array.Empty<SchemaShape.Column>()]));

    /// <summary>A scorer's column of the predicted class, a key with the label's values.</summary>
    public static SchemaShape.Column Key(string name, SchemaShape.Column label) => new(
        name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true, new SchemaShape([.. Values(label, ScoreColumns.KeyValues), .. Kinds()]));

    /// <summary>A scorer's column of one value a class.</summary>
    public static SchemaShape.Column Scores(string name, SchemaShape.Column label) => new(
        name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false, new SchemaShape([.. Names(label), .. Values(label, ScoreColumns.TrainingLabelValues), .. Kinds()]));

    /// <summary>The input's columns and a vector of 32-bit floats.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another kind.</exception>
    public static SchemaShape AddVector(SchemaShape input, string featureColumn, string name, bool hasSlotNames)
    {
        CheckFeatures(input, featureColumn);
        var columns = input.ToDictionary(column => column.Name);
        columns[name] = new SchemaShape.Column(name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false, new SchemaShape(hasSlotNames ? [SlotNames()] : []));
        return new SchemaShape(columns.Values);
    }

    private static SchemaShape.Column Normalized() => new(ScoreColumns.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, isKey: false);

    private static SchemaShape.Column SlotNames() => new(ScoreColumns.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, isKey: false);

    /// <summary>Checks the column of images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or of another kind.</exception>
    public static void CheckFeatures(SchemaShape input, string name)
    {
        if (!input.TryFindColumn(name, out var column))
            throw Missing("feature", name, input);
        var fits = column.Kind switch
        {
            SchemaShape.Column.VectorKind.Scalar => FeatureColumn.IsImage(column.ItemType),
            SchemaShape.Column.VectorKind.Vector => FeatureColumn.IsPixel(column.ItemType),
            _ => column.ItemType.RawType == typeof(byte),
        };
        if (!fits || column.IsKey)
            throw new ArgumentOutOfRangeException(null, $"Feature column '{name}' must be {FeatureColumn.Words}; it is {column.GetTypeString()}.");
    }

    /// <summary>Finds and checks the label column.</summary>
    /// <param name="input">The data's columns.</param>
    /// <param name="name">Its name.</param>
    /// <param name="accepts">Whether labels may have a type, and be keys.</param>
    /// <param name="words">What they must be, in words.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or of another kind.</exception>
    public static SchemaShape.Column FindLabel(SchemaShape input, string name, Func<DataViewType, bool, bool> accepts, string words)
    {
        if (!input.TryFindColumn(name, out var column))
            throw Missing("label", name, input);
        return column.Kind == SchemaShape.Column.VectorKind.Scalar && accepts(column.ItemType, column.IsKey)
            ? column
            : throw new ArgumentOutOfRangeException(null, $"Label column '{name}' must be {words}; it is {column.GetTypeString()}.");
    }

    /// <summary>Checks the column of weights.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or of another kind.</exception>
    public static void CheckWeight(SchemaShape input, string name)
    {
        if (!input.TryFindColumn(name, out var column))
            throw Missing("weight", name, input);
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.ItemType != NumberDataViewType.Single)
            throw new ArgumentOutOfRangeException(null, $"Weight column '{name}' must be Single; it is {column.GetTypeString()}.");
    }

    private static ArgumentOutOfRangeException Missing(string role, string name, SchemaShape input) =>
        new(null, $"There is no {role} column '{name}'; the data have {string.Join(", ", input.Select(column => $"'{column.Name}'"))}.");

    private static IEnumerable<SchemaShape.Column> Values(SchemaShape.Column label, string kind) => label.Annotations.TryFindColumn(ScoreColumns.KeyValues, out var values)
        ? [new SchemaShape.Column(kind, SchemaShape.Column.VectorKind.Vector, values.ItemType, isKey: false)]
        : [];

    private static IEnumerable<SchemaShape.Column> Names(SchemaShape.Column label) => label.Annotations.TryFindColumn(ScoreColumns.KeyValues, out _)
        ? [SlotNames()]
        : [];

    private static IEnumerable<SchemaShape.Column> Kinds() =>
    [
        new SchemaShape.Column(ScoreColumns.ScoreColumnSetId, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true),
        new SchemaShape.Column(ScoreColumns.ScoreColumnKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, isKey: false),
        new SchemaShape.Column(ScoreColumns.ScoreValueKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, isKey: false),
    ];
}
