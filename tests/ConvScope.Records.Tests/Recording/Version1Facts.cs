using System.Globalization;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;

namespace ConvScope.Records.Tests.Recording;

/// <summary>All that can be read from a run, as lines of text: equal lines, equal numbers.</summary>
internal static class Version1Facts
{
    private static readonly string[] _datasets = ["train", "validation"];

    public static IEnumerable<string> Read(string folder)
    {
        using var record = RunRecord.Open(folder);
        foreach (var (key, value) in record.ReadMetadata().OrderBy(entry => entry.Key, StringComparer.Ordinal))
            yield return $"metadata {key} = {value}";
        foreach (var series in record.ReadSeries())
            yield return $"series {series.Quantity} {series.Target} [{series.Unit}] {Describe(record, series)}";
        foreach (var dataset in _datasets)
        {
            foreach (var (epoch, confusion) in record.ReadConfusions(dataset))
                yield return $"confusions {dataset} {epoch}: {string.Join(' ', confusion.Counts)}";
        }

        foreach (var finding in record.ReadFindings())
            yield return $"finding {finding}";
        foreach (var kind in Enum.GetValues<SnapshotKind>())
        {
            foreach (var snapshot in record.ReadSnapshots(kind))
            {
                foreach (var array in snapshot.ReadArrays())
                    yield return $"{kind} {snapshot.Step} {snapshot.Epoch} {array.Name} [{string.Join(',', array.Shape)}] {Numbers(array.Values.Select(value => (double)value))}";
            }
        }

        using var checkpoint = Checkpoint.Open(Path.Combine(folder, "checkpoints", "epoch-005.pth"));
        foreach (var tensor in checkpoint.Tensors)
            yield return $"checkpoint {tensor} {Numbers(tensor.ReadFloats().Select(value => (double)value))}";
        var summary = RunSummary.Read(folder);
        yield return string.Create(CultureInfo.InvariantCulture, $"summary {summary.Network} {summary.Status} {summary.Epochs} {summary.TrainLoss:R} {summary.TrainAccuracy:R} {summary.TestAccuracy:R} {summary.InspectionShare:R}");
        summary = RunSummary.FromRecord(folder);
        yield return string.Create(CultureInfo.InvariantCulture, $"record's summary {summary.Network} {summary.Status} {summary.Epochs} {summary.TrainLoss:R} {summary.TrainAccuracy:R} {summary.InspectionSeconds:R}");
    }

    private static string Describe(RunRecord record, Series series) => series.Unit == Series.HistogramUnit
        ? string.Join(' ', record.ReadHistograms(series.Quantity, series.Target).TakeLast(1).Select(histogram => $"{histogram.Step}: {string.Join(' ', histogram.Counts)}"))
        : Numbers(record.Read(series.Quantity, series.Target).Select(reading => reading.Value));

    private static string Numbers(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return string.Create(CultureInfo.InvariantCulture, $"{all.Length}: {all[0]:R} … {all[^1]:R}, sum {all.Sum():R}");
    }
}
