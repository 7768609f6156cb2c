using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Comparison;

/// <summary>Leads from a region of the scatter back to the elements.</summary>
internal static class ScatterSelection
{
    /// <summary>For each cell of the maps the share of its elements whose pair lies in a region, 0 to 1.</summary>
    /// <param name="first">The first tensor.</param>
    /// <param name="second">The second tensor, of the same shape.</param>
    /// <param name="x0">Least value of the first.</param>
    /// <param name="x1">Largest value of the first.</param>
    /// <param name="y0">Least value of the second.</param>
    /// <param name="y1">Largest value of the second.</param>
    public static float[] Shares(NamedArray first, NamedArray second, double x0, double x1, double y0, double y1)
    {
        if (!first.Shape.SequenceEqual(second.Shape))
            throw new ArgumentException($"{first.Name} is {first.ShapeText} and {second.Name} is {second.ShapeText}: their elements cannot be paired.", nameof(second));
        float[] a = first.Values, b = second.Values;
        return PooledMap.Of(first, new ComparisonOptions().MapSize, index => a[index] >= x0 && a[index] <= x1 && b[index] >= y0 && b[index] <= y1 ? 1 : 0).Cells;
    }
}
