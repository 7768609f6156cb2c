using ConvScope.Records.Networks;

namespace ConvScope.ML.Scoring;

/// <summary>The column of raw pixels in a schema, checked: a vector of known size, of bytes or 32-bit floats, or a text with the paths of image files.</summary>
internal static class FeatureColumn
{
    /// <summary>Finds and checks the column.</summary>
    /// <param name="schema">The schema to look in.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="expected">Shape of one image; null where any size will do.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, of another type, or of another size.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, Shape? expected)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var column = schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException(nameof(schema), $"There is no feature column '{name}'; the data have {Names(schema)}.");
        if (column.Type is TextDataViewType)
            return column;
        if (column.Type is not VectorDataViewType { IsKnownSize: true } type || !IsPixel(type.ItemType))
            throw new ArgumentOutOfRangeException(nameof(schema), $"Feature column '{name}' must be a vector of Single or Byte of known size, or a text with paths of images; it is {column.Type}.");
        if (expected is not null && type.Size != expected.Count)
            throw new ArgumentOutOfRangeException(nameof(schema), $"Feature column '{name}' must hold {expected} = {expected.Count} values; it holds {type.Size}.");
        return column;
    }

    /// <summary>The shape of one image as the column's type tells it: <c>[C, H, W]</c> where it has three axes, else a square grey image.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is no square, or the column holds paths.</exception>
    public static Shape ImageShape(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType type)
            throw new ArgumentOutOfRangeException(nameof(column), $"Feature column '{column.Name}' holds paths of images, which are scaled to the size that ConvNetOptions.Network takes; choose one.");
        if (type.Dimensions is [var channels, var height, var width])
            return new Shape(channels, height, width);
        var side = (int)Math.Round(Math.Sqrt(type.Size));
        return side * side == type.Size
            ? new Shape(1, side, side)
            : throw new ArgumentOutOfRangeException(nameof(column), $"Feature column '{column.Name}' holds {type.Size} values, which is no square image; describe its shape with ConvNetOptions.Network.");
    }

    /// <summary>Whether pixels may have this type.</summary>
    public static bool IsPixel(DataViewType item) => item is NumberDataViewType && (item.RawType == typeof(float) || item.RawType == typeof(byte));

    /// <summary>The columns of a schema as a message names them.</summary>
    public static string Names(DataViewSchema schema) => string.Join(", ", schema.Select(column => $"'{column.Name}'"));
}
