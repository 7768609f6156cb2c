using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Comparison;

namespace ConvScope.Reporting.Views;

/// <summary>A tensor to look at. A large one is pooled: then its values are those of a map.</summary>
internal sealed record TensorView
{
    /// <summary>Most elements that are given one by one.</summary>
    public const int MostElements = 1 << 18;

    private const int MapSize = 512;

    /// <summary>Name of the tensor.</summary>
    public required string Name { get; init; }

    /// <summary>Its shape, also where it is pooled.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Numbers over all elements.</summary>
    public required TensorSummary Summary { get; init; }

    /// <summary>Whether the values are means over blocks of the tensor's layout.</summary>
    public bool IsPooled { get; init; }

    /// <summary>Rows of the map; 0 where it is not pooled, as all that follow.</summary>
    public int Rows { get; init; }

    /// <summary>Columns of the map.</summary>
    public int Columns { get; init; }

    /// <summary>Rows of the layout that a cell covers.</summary>
    public int PooledRows { get; init; }

    /// <summary>Columns of the layout that a cell covers.</summary>
    public int PooledColumns { get; init; }

    /// <summary>Whether the values are 16-bit floats.</summary>
    public bool Half { get; init; }

    /// <summary>Little-endian floats as base64: the elements row-major, or the map's cells row after row.</summary>
    public required string Values { get; init; }

    /// <summary>Makes it.</summary>
    /// <param name="array">The tensor.</param>
    /// <param name="half">Whether 16-bit floats are enough.</param>
    /// <param name="mostElements">Most elements that are given one by one.</param>
    public static TensorView Of(NamedArray array, bool half = false, int mostElements = MostElements)
    {
        var view = new TensorView { Name = array.Name, Shape = array.Shape, Summary = TensorSummary.Measure(array), Half = half, Values = "" };
        if (array.Values.Length <= mostElements)
            return view with { Values = FloatCode.Encode(array.Values, half) };
        var map = PooledMap.Of(array, MapSize);
        return view with
        {
            IsPooled = true,
            Rows = map.Rows,
            Columns = map.Columns,
            PooledRows = map.PooledRows,
            PooledColumns = map.PooledColumns,
            Values = FloatCode.Encode(map.Cells, half),
        };
    }
}
