using ConvScope.Reporting.Comparison;

namespace ConvScope.Reporting.Views;

/// <summary>The maps of a comparison, each as base64 of little-endian floats.</summary>
internal sealed record MapsView(int Rows, int Columns, int PooledRows, int PooledColumns, TensorLayout Layout, string First, string Second, string Similarity, string Difference)
{
    public static MapsView Of(ComparisonMaps maps)
    {
        static string Code(IReadOnlyList<float> values) => FloatCode.Encode([.. values], half: false);
        return new MapsView(maps.Rows, maps.Columns, maps.PooledRows, maps.PooledColumns, maps.Layout, Code(maps.First), Code(maps.Second), Code(maps.Similarity), Code(maps.Difference));
    }
}
