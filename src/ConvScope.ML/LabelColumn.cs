namespace ConvScope.ML;

/// <summary>The column of labels in a schema, checked: a key of 32 bits with at least two values.</summary>
internal static class LabelColumn
{
    /// <summary>Finds and checks the column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, no key, or has fewer than two classes.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name)
    {
        var column = schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException(nameof(schema), $"There is no label column '{name}'; the data have {FeatureColumn.Names(schema)}.");
        if (column.Type is not KeyDataViewType key || key.RawType != typeof(uint))
            throw new ArgumentOutOfRangeException(nameof(schema), $"Label column '{name}' must be a key of UInt32, such as MapValueToKey makes; it is {column.Type}.");
        if (key.Count is < 2 or > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(schema), $"Label column '{name}' must have at least 2 classes; it has {key.Count}.");
        return column;
    }
}
