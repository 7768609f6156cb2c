using ConvScope.ML.Mapping;

namespace ConvScope.ML.Internals;

/// <summary>What a training promises of its output's schema, before any row is read. ML.NET keeps the constructor of a shape's column internal.</summary>
internal static class OutputShape
{
    /// <summary>The input's columns and the two that the network adds, with their annotations.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another kind.</exception>
    public static SchemaShape Create(SchemaShape input, ConvNetOptions options)
    {
        CheckFeatures(input, options.FeatureColumnName);
        var label = FindLabel(input, options.LabelColumnName);
        var columns = input.ToDictionary(column => column.Name);
        columns[options.PredictedLabelColumnName] = new SchemaShape.Column(
            options.PredictedLabelColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true, new SchemaShape([.. Values(label, PredictionColumns.KeyValues), .. Kinds()]));
        columns[options.ScoreColumnName] = new SchemaShape.Column(
            options.ScoreColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false,
            new SchemaShape([.. Names(label), .. Values(label, PredictionColumns.TrainingLabelValues), .. Kinds()]));
        return new SchemaShape(columns.Values);
    }

    /// <summary>The input's columns and a vector of 32-bit floats.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or of another kind.</exception>
    public static SchemaShape AddVector(SchemaShape input, string featureColumn, string name, bool hasSlotNames)
    {
        CheckFeatures(input, featureColumn);
        var columns = input.ToDictionary(column => column.Name);
        columns[name] = new SchemaShape.Column(name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false, new SchemaShape(hasSlotNames ? [SlotNames()] : []));
        return new SchemaShape(columns.Values);
    }

    private static SchemaShape.Column SlotNames() => new(PredictionColumns.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, isKey: false);

    private static void CheckFeatures(SchemaShape input, string name)
    {
        if (!input.TryFindColumn(name, out var column))
            throw Missing("feature", name, input);
        if (column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType is TextDataViewType)
            return;
        if (column.Kind != SchemaShape.Column.VectorKind.Vector || column.IsKey || !FeatureColumn.IsPixel(column.ItemType))
            throw new ArgumentOutOfRangeException(nameof(input), $"Feature column '{name}' must be a vector of Single or Byte of known size, or a text with paths of images; it is {column.GetTypeString()}.");
    }

    private static SchemaShape.Column FindLabel(SchemaShape input, string name)
    {
        if (!input.TryFindColumn(name, out var column))
            throw Missing("label", name, input);
        return column is { IsKey: true, Kind: SchemaShape.Column.VectorKind.Scalar } && column.ItemType == NumberDataViewType.UInt32
            ? column
            : throw new ArgumentOutOfRangeException(nameof(input), $"Label column '{name}' must be a key of UInt32, such as MapValueToKey makes; it is {column.GetTypeString()}.");
    }

    private static ArgumentOutOfRangeException Missing(string role, string name, SchemaShape input) =>
        new(nameof(input), $"There is no {role} column '{name}'; the data have {string.Join(", ", input.Select(column => $"'{column.Name}'"))}.");

    private static IEnumerable<SchemaShape.Column> Values(SchemaShape.Column label, string kind) => label.Annotations.TryFindColumn(PredictionColumns.KeyValues, out var values)
        ? [new SchemaShape.Column(kind, SchemaShape.Column.VectorKind.Vector, values.ItemType, isKey: false)]
        : [];

    private static IEnumerable<SchemaShape.Column> Names(SchemaShape.Column label) => label.Annotations.TryFindColumn(PredictionColumns.KeyValues, out _)
        ? [SlotNames()]
        : [];

    private static IEnumerable<SchemaShape.Column> Kinds() =>
    [
        new SchemaShape.Column(PredictionColumns.ScoreColumnSetId, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true),
        new SchemaShape.Column(PredictionColumns.ScoreColumnKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, isKey: false),
        new SchemaShape.Column(PredictionColumns.ScoreValueKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, isKey: false),
    ];
}
