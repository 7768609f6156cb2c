using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Comparison;

/// <summary>One tensor alone. Elements that are not finite are counted and left out of the rest.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape, such as <c>6x1x5x5</c>.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="NonFinite">Elements that are NaN or infinite.</param>
/// <param name="Mean">Mean; NaN where no element is finite, as all that follow.</param>
/// <param name="StandardDeviation">Population standard deviation.</param>
/// <param name="Minimum">Smallest element.</param>
/// <param name="Maximum">Largest element.</param>
/// <param name="Norm">Euclidean norm.</param>
public sealed record TensorSummary(string Name, string Shape, long Count, long NonFinite, double Mean, double StandardDeviation, double Minimum, double Maximum, double Norm)
{
    internal static TensorSummary Measure(NamedArray array)
    {
        var values = array.Values;
        var sums = Chunks.Sum(values.Length, 5, (start, end, partial) =>
        {
            (partial[3], partial[4]) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var value in values.AsSpan(start, end - start))
            {
                if (!float.IsFinite(value))
                    continue;
                partial[0]++;
                partial[1] += value;
                partial[2] += (double)value * value;
                partial[3] = Math.Min(partial[3], value);
                partial[4] = Math.Max(partial[4], value);
            }
        }, (total, partial) =>
        {
            for (var i = 0; i < 3; i++)
                total[i] += partial[i];
            total[3] = Math.Min(total[3], partial[3]);
            total[4] = Math.Max(total[4], partial[4]);
        });
        var count = sums[0];
        if (count == 0)
            return new TensorSummary(array.Name, array.ShapeText, values.Length, values.Length, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
        var mean = sums[1] / count;
        var squares = Chunks.Sum(values.Length, 1, (start, end, partial) =>
        {
            foreach (var value in values.AsSpan(start, end - start))
                partial[0] += float.IsFinite(value) ? (value - mean) * (value - mean) : 0;
        })[0];
        return new TensorSummary(array.Name, array.ShapeText, values.Length, values.Length - (long)count, mean, Math.Sqrt(squares / count), sums[3], sums[4], Math.Sqrt(sums[2]));
    }
}
