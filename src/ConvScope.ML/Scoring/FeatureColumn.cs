using ConvScope.Records.Networks;
using Microsoft.ML.Transforms.Image;

namespace ConvScope.ML.Scoring;

/// <summary>The column of images in a schema, checked: raw pixels, a vector of known size, of bytes or 32-bit floats; the paths of image files; their bytes; or images that are decoded.</summary>
internal static class FeatureColumn
{
    /// <summary>What a column must be, as a message says it.</summary>
    public const string Words = "a vector of Single or Byte of known size (pixels), a text (paths of images), a vector of Byte of any size (image files), or an image";

    private const int MostChannels = 4; // of a picture whose network is not known

    /// <summary>Finds and checks the column.</summary>
    /// <param name="schema">The schema to look in.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="expected">Shape of one image; null where any size will do.</param>
    /// <param name="set">The set in words where it is not the only one: <c>validation set</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, of another type, of another size, or of axes in another order.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, Shape? expected, string? set = null)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var place = set is null ? "" : $" of the {set}";
        var column = schema.GetColumnOrNull(name) ?? throw Fault($"There is no feature column '{name}'{(set is null ? "" : $" in the {set}")}; the data have {Names(schema)}.");
        if (!HoldsPixels(column.Type) && IsImage(column.Type))
            return column;
        if (column.Type is not VectorDataViewType { IsKnownSize: true } type || !IsPixel(type.ItemType))
            throw Fault($"Feature column '{name}'{place} must be {Words}; it is {column.Type}.");
        if (expected is not null && type.Size != expected.Count)
            throw Fault($"Feature column '{name}'{place} must hold {expected} = {expected.Count} values; it holds {type.Size}.");
        if (expected is not null && type.Dimensions is [_, _, _] && !IsPlanar(type, expected) && !IsInterleaved(column, expected))
        {
            throw Fault($"Feature column '{name}'{place} has the axes {string.Join("x", type.Dimensions)}; the network takes {expected.Channels} channels of {expected.Height}x{expected.Width}, "
                + $"channels first ({expected.Channels}x{expected.Height}x{expected.Width}) or last ({expected.Height}x{expected.Width}x{expected.Channels}).");
        }

        return column;
    }

    /// <summary>The shape of one image as the column's type tells it: <c>[C, H, W]</c>, also where the channels come last, where it has three axes, else a square grey image.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is no square, or the column holds paths.</exception>
    public static Shape ImageShape(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType { IsKnownSize: true } type)
            throw Fault($"Feature column '{column.Name}' holds {(column.Type is TextDataViewType ? "paths of images" : "images")}, which are scaled to the size that ConvNetOptions.Network takes; choose one.");
        if (type.Dimensions is [var first, var second, var third])
            return first > MostChannels && third <= MostChannels ? new Shape(third, first, second) : new Shape(first, second, third);
        var side = (int)Math.Round(Math.Sqrt(type.Size));
        return side * side == type.Size
            ? new Shape(1, side, side)
            : throw Fault($"Feature column '{column.Name}' holds {type.Size} values, which is no square image; describe its shape with ConvNetOptions.Network.");
    }

    /// <summary>Whether the channels of each pixel stand together, as <c>ExtractPixels(interleavePixelColors: true)</c> has them: they are turned when they are read.</summary>
    /// <param name="column">The column.</param>
    /// <param name="shape">Shape of one image.</param>
    public static bool IsInterleaved(DataViewSchema.Column column, Shape shape) =>
        column.Type is VectorDataViewType { Dimensions: [var height, var width, var channels] } type && !IsPlanar(type, shape) && shape.Channels == channels && shape.Height == height && shape.Width == width;

    /// <summary>Whether a column holds pixels as the network takes them; others are decoded and scaled.</summary>
    public static bool HoldsPixels(DataViewType type) => type is VectorDataViewType { IsKnownSize: true };

    /// <summary>Whether a column holds the bytes of image files, as <c>LoadRawImageBytes</c> makes them, and a <c>byte[]</c> of a row without <c>[VectorType]</c> is.</summary>
    public static bool HoldsFiles(DataViewType type) => type is VectorDataViewType { IsKnownSize: false } vector && vector.ItemType.RawType == typeof(byte);

    /// <summary>Whether a column may hold images of this type.</summary>
    public static bool IsImage(DataViewType type) => type is TextDataViewType or ImageDataViewType || HoldsFiles(type) || (type is VectorDataViewType { IsKnownSize: true } vector && IsPixel(vector.ItemType));

    /// <summary>Whether pixels may have this type.</summary>
    public static bool IsPixel(DataViewType item) => item is NumberDataViewType && (item.RawType == typeof(float) || item.RawType == typeof(byte));

    /// <summary>The columns of a schema as a message names them.</summary>
    public static string Names(DataViewSchema schema) => string.Join(", ", schema.Select(column => $"'{column.Name}'"));

    private static bool IsPlanar(VectorDataViewType type, Shape shape) =>
        type.Dimensions is [var channels, var height, var width] && shape.Channels == channels && shape.Height == height && shape.Width == width;

    private static ArgumentOutOfRangeException Fault(string message) => new(null, message);
}
