using System.Globalization;
using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Curves;

/// <summary>When the steps of a run were made: at which fraction of which epoch, how long after the beginning, and at what time of day. Between two moments all three run evenly.</summary>
/// <param name="Step">Steps, ascending.</param>
/// <param name="Epoch">Epochs that were over after each step: 1 after the last step of the first, 1.5 in the middle of the second.</param>
/// <param name="Seconds">Seconds from the training's beginning.</param>
/// <param name="Wall">Seconds since 1970, in UTC; empty where it is not known when the training began.</param>
internal sealed record RunClock(IReadOnlyList<long> Step, IReadOnlyList<double> Epoch, IReadOnlyList<double> Seconds, IReadOnlyList<double> Wall)
{
    /// <summary>Most moments of a run.</summary>
    public const int MostMoments = 1000;

    /// <summary>Reads the clock of one record.</summary>
    public static RunClock Of(RunRecord record)
    {
        var steps = record.ReadSteps();
        var metadata = record.ReadMetadata();
        _ = int.TryParse(metadata.GetValueOrDefault(MetadataNames.StepsPerEpoch), NumberStyles.None, CultureInfo.InvariantCulture, out var stepsPerEpoch);
        var every = (steps.Count + MostMoments - 1) / MostMoments;
        var fractions = Fractions(steps, stepsPerEpoch);
        int[] shown = [.. Enumerable.Range(0, steps.Count).Where(index => index == 0 || (steps.Count - 1 - index) % every == 0)];
        double? began = DateTimeOffset.TryParse(metadata.GetValueOrDefault(MetadataNames.Started), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var started)
            ? started.ToUnixTimeMilliseconds() / 1000.0 : null;
        double[] seconds = [.. shown.Select(index => Math.Round(steps[index].Seconds, 3))];
        return new RunClock(
            [.. shown.Select(index => steps[index].Step)], [.. shown.Select(index => fractions[index])], seconds, began is { } moment ? [.. seconds.Select(second => moment + second)] : []);
    }

    /// <summary>This clock after that of the run that it goes on from.</summary>
    /// <param name="before">That run's clock.</param>
    /// <param name="firstStep">This run's first step.</param>
    public RunClock After(RunClock before, long firstStep)
    {
        var count = before.Step.TakeWhile(step => step < firstStep).Count();
        var seconds = count == 0 ? 0 : before.Seconds[count - 1];
        var hasWall = before.Wall.Count > 0 && Wall.Count > 0;
        return new RunClock(
            [.. before.Step.Take(count), .. Step], [.. before.Epoch.Take(count), .. Epoch], [.. before.Seconds.Take(count), .. Seconds.Select(second => seconds + second)],
            hasWall ? [.. before.Wall.Take(count), .. Wall] : []);
    }

    /// <summary>
    /// Epochs that were over after each step. Where nobody tells how many steps an epoch has, an epoch's last recorded step is its end, and the last epoch is taken to be as long as the one before.
    /// </summary>
    private static double[] Fractions(IReadOnlyList<RecordedStep> steps, int stepsPerEpoch)
    {
        var fractions = new double[steps.Count];
        long length = 0;
        for (int start = 0, end; start < steps.Count; start = end)
        {
            end = start + 1;
            while (end < steps.Count && steps[end].Epoch == steps[start].Epoch)
                end++;
            var isLast = end == steps.Count;
            var first = start == 0 ? steps[start].Step : steps[start - 1].Step + 1;
            length = stepsPerEpoch > 0 ? stepsPerEpoch : Math.Max(isLast ? length : 0, steps[end - 1].Step - first + 1);
            if (stepsPerEpoch > 0 && (long)(steps[start].Epoch - 1) * stepsPerEpoch <= steps[start].Step && steps[end - 1].Step < (long)steps[start].Epoch * stepsPerEpoch)
                first = (long)(steps[start].Epoch - 1) * stepsPerEpoch; // epochs of one length since step 0
            for (var i = start; i < end; i++)
                fractions[i] = steps[i].Epoch - 1 + Math.Min(1, (steps[i].Step - first + 1.0) / length);
        }

        return fractions;
    }
}
