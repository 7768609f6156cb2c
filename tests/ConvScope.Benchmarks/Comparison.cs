using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ConvScope.Benchmarks;

/// <summary>The times of a benchmark's pairs, in seconds.</summary>
/// <param name="Name">The benchmark.</param>
/// <param name="Question">What was measured.</param>
/// <param name="Baseline">Times of the way that is compared with.</param>
/// <param name="Candidate">Times of the way that is asked about.</param>
internal sealed record Comparison(string Name, string Question, IReadOnlyList<double> Baseline, IReadOnlyList<double> Candidate)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public double BaselineMedian => Median(Baseline);

    public double CandidateMedian => Median(Candidate);

    /// <summary>Median of the candidate divided by median of the baseline.</summary>
    public double Ratio => CandidateMedian / BaselineMedian;

    /// <summary>Smallest and largest ratio of a pair.</summary>
    public IReadOnlyList<double> PairRatios => [.. Candidate.Zip(Baseline, (candidate, baseline) => candidate / baseline)];

    public static string Machine => $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, Name + ".json"), JsonSerializer.Serialize(new { Name, Question, Machine, Ratio, BaselineMedian, CandidateMedian, Baseline, Candidate, PairRatios }, _json));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"candidate / baseline = {Ratio:F3} (medians {CandidateMedian:F3} s / {BaselineMedian:F3} s of {Baseline.Count} pairs; single pairs {PairRatios.Min():F3} to {PairRatios.Max():F3})");

    private static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
