using ConvScope.Inspection;
using ConvScope.Networks.Zoo;
using ConvScope.Quantities;
using ConvScope.Records.Recording;

namespace ConvScope.GpuCheck.Checks;

/// <summary>Every reading of the full level on the device against the CPU's, over the first 6 steps.</summary>
internal sealed class ReadingsCheck : Check
{
    private const int Steps = 6;

    /// <inheritdoc />
    public override string Name => "readings";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var folder = laboratory.Fresh(Name);
        using var exact = new RoundedConvolutions(areAllowed: false);
        using var cpu = Record(laboratory, CPU, Path.Combine(folder, "cpu"));
        using var here = Record(laboratory, laboratory.Place, Path.Combine(folder, "here"));
        var worst = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var missing = new List<string>();
        var series = Scalars(cpu);
        foreach (var entry in series)
        {
            var (first, second) = (cpu.Read(entry.Quantity, entry.Target), here.Read(entry.Quantity, entry.Target));
            if (first.Count != second.Count)
                missing.Add($"{entry.Quantity} {entry.Target}: {first.Count} on the CPU, {second.Count} on {laboratory.Place}");
            var parting = first.Zip(second).Select(pair => Parting(pair.First.Value, pair.Second.Value)).DefaultIfEmpty(0).Max();
            worst[entry.Quantity] = Math.Max(worst.GetValueOrDefault(entry.Quantity), parting);
        }

        expectations.AtLeast(50, series.Count, "the number of series");
        var seriesHere = Scalars(here).Count;
        expectations.That(seriesHere == series.Count, $"there should be {series.Count} series; there are {seriesHere}");
        expectations.That(missing.Count == 0, $"each series should be as long as the CPU's: {string.Join("; ", missing)}");
        foreach (var (quantity, parting) in worst)
            expectations.AtMost(laboratory.Tolerance(0.02), parting, $"the parting of '{quantity}' from the CPU's");
        return new { series = series.Count, seriesHere, missing, worst };
    }

    private static List<Series> Scalars(RunRecord record) => [.. record.ReadSeries().Where(entry => entry.Unit != Series.HistogramUnit)];

    private static double Parting(double first, double second) =>
        first.Equals(second) ? 0 : Math.Abs(first - second) / Math.Max(1e-6, Math.Abs(first));

    private static RunRecord Record(Laboratory laboratory, Device place, string folder)
    {
        laboratory.TrainPlain(SmallNet.Create(), place, Steps, new InspectionOptions(folder)
        {
            Level = InspectionLevel.Full, Schedule = Schedule.Every(1), Budget = null, Figures = false, Report = false,
        });
        return RunRecord.Open(folder);
    }
}
