using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;

namespace ConvScope.Reporting.Checkpoints;

/// <summary>How the values of one tensor are distributed. Values that are no finite numbers are counted apart and left out of the rest; all numbers are 0 where none is finite.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="Shape">Its shape as people write it: <c>64x3x3x3</c>.</param>
/// <param name="Type">Its elements' type, PyTorch's name: <c>float32</c>.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="NonFinite">Number of NaN and infinities.</param>
/// <param name="Mean">Mean value.</param>
/// <param name="StandardDeviation">Population standard deviation.</param>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Maximum">Largest value.</param>
/// <param name="Norm">Euclidean norm, √Σ w².</param>
/// <param name="NearZeroShare">Share of values with a magnitude below 0.001, 0 to 1.</param>
/// <param name="Percentiles">The percentiles of <see cref="Ranks"/>, exact, interpolated linearly between ranks.</param>
/// <param name="Histogram">Counts of <see cref="Bins"/> bins of equal width from the smallest to the largest value.</param>
public sealed record ParameterDistribution(
    string Name, string Shape, string Type, long Count, long NonFinite, double Mean, double StandardDeviation, double Minimum, double Maximum, double Norm, double NearZeroShare,
    IReadOnlyList<double> Percentiles, IReadOnlyList<long> Histogram)
{
    /// <summary>Number of bins of <see cref="Histogram"/>.</summary>
    public const int Bins = 48;

    /// <summary>Which percentiles are measured.</summary>
    public static IReadOnlyList<int> Ranks { get; } = [1, 5, 25, 50, 75, 95, 99];

    /// <summary>The 99.5th percentile of the magnitudes, or the largest where that is 0: the end of a mosaic's colour scale.</summary>
    internal double ScaleLimit { get; init; }

    /// <summary>Share of values with a magnitude beyond <see cref="ScaleLimit"/>.</summary>
    internal double ClippedShare { get; init; }

    /// <summary>The histogram in one line of text, eight heights, square root of the counts so that tails are seen; empty for no values.</summary>
    public string Sparkline
    {
        get
        {
            if (Histogram.Count == 0 || Histogram.Max() is var top && top == 0)
                return "";
            var pairs = Histogram.Chunk(2).Select(pair => Math.Sqrt(pair.Sum())).ToArray();
            return string.Concat(pairs.Select(height => height == 0 ? ' ' : "▁▂▃▄▅▆▇█"[Math.Min(7, (int)(8 * height / pairs.Max()))]));
        }
    }

    /// <summary>Measures a tensor in bounded memory: it is read twice, a piece at a time, by all processors.</summary>
    /// <param name="tensor">A tensor of real numbers or truth values.</param>
    /// <exception cref="DamagedFileException">The file was cut off after it was opened.</exception>
    /// <exception cref="NotSupportedException">The elements are complex.</exception>
    public static ParameterDistribution Measure(StoredTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new DistributionScan(tensor.Contiguous()).Measure();
    }
}
