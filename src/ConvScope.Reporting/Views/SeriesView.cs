using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Views;

/// <summary>Readings as columns of equal length; a value is null where it was not finite.</summary>
internal sealed record SeriesView(IReadOnlyList<long> Step, IReadOnlyList<int> Epoch, IReadOnlyList<double> Seconds, IReadOnlyList<double?> Value)
{
    /// <summary>Most points of a curve: more than a screen shows.</summary>
    public const int MostPoints = 2000;

    public static SeriesView Of(IReadOnlyList<Reading> readings, StepClock clock) => new(
        [.. readings.Select(reading => reading.Step)], [.. readings.Select(reading => reading.Epoch)], [.. readings.Select(reading => clock.SecondsAt(reading.Step))],
        [.. readings.Select(reading => double.IsFinite(reading.Value) ? reading.Value : (double?)null)]);
}
