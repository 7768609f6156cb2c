using System.Globalization;
using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Figures;

/// <summary>
/// Where the values of a parameter stand in its mosaic: a grid of tiles, each tile a small picture. Measured first, drawn afterwards.
/// </summary>
/// <param name="Tiles">For each grid place, row by row, the index of the first value of its tile; -1 for an empty place.</param>
/// <param name="Columns">Tiles in a row.</param>
/// <param name="TileHeight">Values down a tile.</param>
/// <param name="TileWidth">Values across a tile.</param>
/// <param name="RowStride">Values from one row of a tile to the next.</param>
/// <param name="RowLabels">Number printed at each grid row.</param>
/// <param name="ColumnLabels">Number printed at each grid column.</param>
/// <param name="Caption">What rows and columns are, and what is left out.</param>
/// <param name="ColorPlanes">Whether each tile is one colour picture of three planes.</param>
internal sealed record MosaicLayout(
    IReadOnlyList<int> Tiles, int Columns, int TileHeight, int TileWidth, int RowStride, IReadOnlyList<int> RowLabels, IReadOnlyList<int> ColumnLabels, string Caption, bool ColorPlanes = false)
{
    /// <summary>Most tiles, or matrix cells, along one axis when not all fit.</summary>
    public const int LargestSide = 64;

    /// <summary>Most columns of a matrix, and twice its most rows.</summary>
    public const int LargestMatrix = 1500;

    private const int LargestGrid = LargestSide * LargestSide;

    private delegate ReadOnlySpan<float> Part(int index);

    /// <summary>Whether it is a table of single values, which stand side by side without gaps: a fully connected layer, or kernels of 1x1.</summary>
    public bool IsMatrix => TileHeight == 1 && (TileWidth == 1 || Columns == 1);

    /// <summary>Rows of tiles.</summary>
    public int Rows => Tiles.Count / Columns;

    /// <summary>Lays out a parameter with two axes (fully connected), or three, four or five (convolutions of signals, images and volumes).</summary>
    public static MosaicLayout Create(NamedArray array) => array.Shape switch
    {
        [var filters, 1, var height, var width] => Filters(array, (int)filters, 1, (int)height, (int)width),
        [var filters, 3, var height, var width] when filters * 3 <= LargestGrid => Filters(array, (int)filters, 3, (int)height, (int)width),
        [var filters, var channels, var height, var width] => Kernels(array, (int)filters, (int)channels, (int)height, (int)width),
        [var outputs, var inputs] => Matrix(array, (int)outputs, (int)inputs),
        [var filters, 1, var width] => Filters(array, (int)filters, 1, 1, (int)width),
        [var filters, var channels, var width] => Kernels(array, (int)filters, (int)channels, 1, (int)width),
        [var filters, 1, 1, var height, var width] => Filters(array, (int)filters, 1, (int)height, (int)width),
        [var filters, var channels, var depth, var height, var width] => Kernels(array, (int)filters, (int)(channels * depth), (int)height, (int)width, depths: true),
        _ => throw new ArgumentException($"'{array.Name}' has shape {array.ShapeText}; a mosaic shows two to five axes.", nameof(array)),
    };

    /// <summary>One tile a filter, in as square a grid as fits.</summary>
    private static MosaicLayout Filters(NamedArray array, int filters, int planes, int height, int width)
    {
        var size = planes * height * width;
        var shown = Largest(filters, index => array.Values.AsSpan(index * size, size), LargestGrid);
        var columns = (int)Math.Ceiling(Math.Sqrt(shown.Count));
        var rows = (shown.Count + columns - 1) / columns;
        int[] tiles = [.. Enumerable.Range(0, rows * columns).Select(place => place < shown.Count ? shown[place] * size : -1)];
        var caption = $"one tile a filter, {columns} a row{(planes == 3 ? ", true colour: 0.5 + w / 2s" : "")}{LeftOut(shown.Count, filters, "filters")}";
        return new MosaicLayout(tiles, columns, height, width, width, [.. Enumerable.Range(0, rows).Select(row => shown[row * columns])], [.. Enumerable.Range(0, columns)], caption, planes == 3);
    }

    /// <summary>One tile a kernel; filters from left to right, input channels downwards.</summary>
    private static MosaicLayout Kernels(NamedArray array, int filters, int channels, int height, int width, bool depths = false)
    {
        int size = height * width, filterSize = channels * size;
        var all = (long)filters * channels <= LargestGrid;
        var shownFilters = Largest(filters, filter => array.Values.AsSpan(filter * filterSize, filterSize), all ? filters : LargestSide);
        var shownChannels = all || channels <= LargestSide ? [.. Enumerable.Range(0, channels)] : LargestChannels(array.Values, filters, channels, size);
        var tiles = shownChannels.SelectMany(channel => shownFilters.Select(filter => filter * filterSize + channel * size)).ToArray();
        var caption = $"columns: filters, rows: input channels{(depths ? ", each with its depths" : "")}{LeftOut(shownFilters.Count, filters, "filters")}{LeftOut(shownChannels.Count, channels, "channels")}";
        return new MosaicLayout(tiles, shownFilters.Count, height, width, width, shownChannels, shownFilters, caption);
    }

    /// <summary>One tile a unit: its weights as one row of a matrix.</summary>
    private static MosaicLayout Matrix(NamedArray array, int outputs, int inputs)
    {
        var shown = Largest(outputs, unit => array.Values.AsSpan(unit * inputs, inputs), LargestMatrix / 2);
        return MatrixRows(shown, [.. shown.Select(unit => unit * inputs)], outputs, inputs);
    }

    /// <summary>The rows of a matrix that were chosen and cut already: each stands behind the other in the values.</summary>
    /// <param name="shown">The rows' numbers in the whole matrix.</param>
    /// <param name="outputs">Rows of the whole matrix.</param>
    /// <param name="inputs">Columns of the whole matrix; at most <see cref="LargestMatrix"/> of them are in the values.</param>
    public static MosaicLayout CutMatrix(IReadOnlyList<int> shown, int outputs, int inputs) =>
        MatrixRows(shown, [.. Enumerable.Range(0, shown.Count).Select(row => row * Math.Min(inputs, LargestMatrix))], outputs, inputs);

    private static MosaicLayout MatrixRows(IReadOnlyList<int> shown, int[] tiles, int outputs, int inputs)
    {
        var width = Math.Min(inputs, LargestMatrix);
        var cut = width == inputs ? "" : string.Create(CultureInfo.InvariantCulture, $"; the first {width:N0} of {inputs:N0} inputs");
        var caption = $"rows: units, columns: inputs{LeftOut(shown.Count, outputs, "units")}{cut}";
        return new MosaicLayout(tiles, 1, 1, width, width, shown, [0], caption);
    }

    /// <summary>The indices of the parts with the largest norms, in their own order; all of them where they fit.</summary>
    private static List<int> Largest(int count, Part part, int most)
    {
        if (count <= most)
            return [.. Enumerable.Range(0, count)];
        var norms = Enumerable.Range(0, count).Select(index => SquaredNorm(part(index))).ToArray();
        return [.. Enumerable.Range(0, count).OrderByDescending(index => norms[index]).Take(most).Order()];
    }

    private static List<int> LargestChannels(float[] values, int filters, int channels, int size)
    {
        var norms = new double[channels];
        for (var kernel = 0; kernel < filters * channels; kernel++)
            norms[kernel % channels] += SquaredNorm(values.AsSpan(kernel * size, size));
        return [.. Enumerable.Range(0, channels).OrderByDescending(channel => norms[channel]).Take(LargestSide).Order()];
    }

    private static double SquaredNorm(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += float.IsFinite(value) ? (double)value * value : 0;
        return sum;
    }

    private static string LeftOut(int shown, int all, string what) => shown == all
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"; the {shown:N0} of {all:N0} {what} with the largest norms, {all - shown:N0} left out");
}
