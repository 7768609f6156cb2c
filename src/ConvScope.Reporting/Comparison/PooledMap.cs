using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Comparison;

/// <summary>A picture of a tensor of any size: means over blocks of its layout, row after row; NaN where no element of a block counts.</summary>
/// <param name="Rows">Rows of the map.</param>
/// <param name="Columns">Columns of the map.</param>
/// <param name="PooledRows">Rows of the layout that a cell covers.</param>
/// <param name="PooledColumns">Columns of the layout that a cell covers.</param>
/// <param name="Cells">The means.</param>
internal sealed record PooledMap(int Rows, int Columns, int PooledRows, int PooledColumns, float[] Cells)
{
    /// <summary>The tensor itself; elements that are not finite are left out.</summary>
    public static PooledMap Of(NamedArray array, int size) => Of(array, size, index => float.IsFinite(array.Values[index]) ? array.Values[index] : float.NaN);

    /// <summary>A function of the elements' indices; where it gives NaN the element does not count.</summary>
    public static PooledMap Of(NamedArray array, int size, Func<long, float> value)
    {
        var layout = TensorLayout.Of(array.Shape);
        int pooledRows = (int)((layout.Rows + size - 1) / size), pooledColumns = (int)((layout.Columns + size - 1) / size);
        int rows = (int)((layout.Rows + pooledRows - 1) / pooledRows), columns = (int)((layout.Columns + pooledColumns - 1) / pooledColumns);
        var cells = new float[rows * columns];
        Parallel.For(0, rows, row =>
        {
            var sums = new double[columns];
            var counts = new int[columns];
            for (var from = (long)row * pooledRows; from < Math.Min(layout.Rows, (row + 1L) * pooledRows); from++)
            {
                for (var column = 0L; column < layout.Columns; column++)
                {
                    var index = layout.IndexAt(from, column);
                    if (index >= array.Values.Length || float.IsNaN(value(index)))
                        continue;
                    sums[column / pooledColumns] += value(index);
                    counts[column / pooledColumns]++;
                }
            }

            for (var column = 0; column < columns; column++)
                cells[row * columns + column] = (float)(sums[column] / counts[column]); // 0 / 0: NaN
        });
        return new PooledMap(rows, columns, pooledRows, pooledColumns, cells);
    }
}
