using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Comparison;

/// <summary>Maps of two tensors of one shape, row after row. Where a tensor has more rows or columns than a map, a cell is the mean over a block of elements; NaN where none is finite.</summary>
/// <param name="Rows">Rows of a map.</param>
/// <param name="Columns">Columns of a map.</param>
/// <param name="PooledRows">Rows of the layout that a cell covers; the last row's cells may cover fewer.</param>
/// <param name="PooledColumns">Columns of the layout that a cell covers; the last column's cells may cover fewer.</param>
/// <param name="Layout">How the tensor is laid out; it leads from a cell to its elements.</param>
/// <param name="First">The first tensor <c>a</c>.</param>
/// <param name="Second">The second tensor <c>b</c>.</param>
/// <param name="Similarity">1 − |a − b| / (|a| + |b|), 0 to 1; 1 where both are zero.</param>
/// <param name="Difference">a − b.</param>
public sealed record ComparisonMaps(
    int Rows, int Columns, int PooledRows, int PooledColumns, TensorLayout Layout,
    IReadOnlyList<float> First, IReadOnlyList<float> Second, IReadOnlyList<float> Similarity, IReadOnlyList<float> Difference)
{
    internal static ComparisonMaps Draw(NamedArray first, NamedArray second, int size)
    {
        var layout = TensorLayout.Of(first.Shape);
        int pooledRows = (int)((layout.Rows + size - 1) / size), pooledColumns = (int)((layout.Columns + size - 1) / size);
        int rows = (int)((layout.Rows + pooledRows - 1) / pooledRows), columns = (int)((layout.Columns + pooledColumns - 1) / pooledColumns);
        float[][] maps = [.. Enumerable.Range(0, 4).Select(_ => new float[rows * columns])];
        Parallel.For(0, rows, row =>
        {
            var sums = new double[columns, 4];
            var counts = new long[columns];
            var end = Math.Min(layout.Rows, (row + 1L) * pooledRows);
            for (var from = (long)row * pooledRows; from < end; from++)
            {
                for (var column = 0L; column < layout.Columns; column++)
                {
                    if (layout.IndexAt(from, column) is var index && index < first.Values.Length)
                        Add(sums, counts, (int)(column / pooledColumns), first.Values[index], second.Values[index]);
                }
            }

            for (var column = 0; column < columns; column++)
            {
                for (var map = 0; map < 4; map++)
                    maps[map][row * columns + column] = (float)(sums[column, map] / counts[column]); // 0 / 0: NaN
            }
        });
        return new ComparisonMaps(rows, columns, pooledRows, pooledColumns, layout, maps[0], maps[1], maps[2], maps[3]);
    }

    private static void Add(double[,] sums, long[] counts, int cell, double a, double b)
    {
        if (!double.IsFinite(a) || !double.IsFinite(b))
            return;
        var size = Math.Abs(a) + Math.Abs(b);
        counts[cell]++;
        sums[cell, 0] += a;
        sums[cell, 1] += b;
        sums[cell, 2] += size == 0 ? 1 : 1 - Math.Abs(a - b) / size;
        sums[cell, 3] += a - b;
    }
}
