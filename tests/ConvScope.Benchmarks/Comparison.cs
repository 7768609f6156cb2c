using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ConvScope.Benchmarks;

/// <summary>The times of a benchmark's ways.</summary>
/// <param name="Name">The benchmark.</param>
/// <param name="Question">What was measured.</param>
/// <param name="Ways">The ways; the first is the one that the others are compared with.</param>
internal sealed record Comparison(string Name, string Question, IReadOnlyList<Timing> Ways)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Machine => $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var ways = Ways.Select(way => new { way.Name, way.Median, Ratio = way.Median / Ways[0].Median, RoundRatios = Ratios(way), way.Seconds });
        File.WriteAllText(Path.Combine(folder, Name + ".json"), JsonSerializer.Serialize(new { Name, Question, Machine, Ways = ways }, _json));
    }

    public override string ToString() => string.Join(Environment.NewLine, Ways.Skip(1).Select(way => string.Create(CultureInfo.InvariantCulture,
        $"  {way.Name} / {Ways[0].Name} = {way.Median / Ways[0].Median:F3} (medians {way.Median:F3} s / {Ways[0].Median:F3} s of {way.Seconds.Count} rounds; median of the rounds' ratios {new Timing("", Ratios(way)).Median:F3}, single ones {Ratios(way).Min():F3} to {Ratios(way).Max():F3})")));

    private double[] Ratios(Timing way) => [.. way.Seconds.Zip(Ways[0].Seconds, (one, baseline) => one / baseline)];
}
