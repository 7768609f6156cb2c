using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Curves;
using ConvScope.Reporting.Views;

namespace ConvScope.Reporting.Html;

/// <summary>All that a report holds of its run.</summary>
/// <param name="Entry">The run's line in the list.</param>
/// <param name="View">What the page knows before it draws.</param>
/// <param name="Steps">Steps of curves; curves with the same ones share them.</param>
/// <param name="Series">The series in the view's order.</param>
/// <param name="Histograms">Histograms by the place of their series in the view.</param>
/// <param name="Tensors">Tensors of the snapshots.</param>
internal sealed record FrozenRun(
    RunEntry Entry, RunView View, IReadOnlyList<IReadOnlyList<double>> Steps, IReadOnlyList<FrozenCurve> Series, IReadOnlyDictionary<int, HistogramsView> Histograms, IReadOnlyList<FrozenTensor> Tensors)
{
    private const string Id = "run";
    private const int MostHistograms = 60;
    private const int TensorBytes = 2_700_000; // as base64 a third more
    private const int BytesOfANumber = 8; // of a curve, packed
    private const int MostElements = 1 << 17;

    public static FrozenRun Of(RunRecord record, string name)
    {
        var view = RunView.Of(record, Id, name);
        var histograms = view.Series.Select((series, index) => (series, index)).Where(entry => entry.series.Unit == Records.Recording.Series.HistogramUnit)
            .ToDictionary(entry => entry.index, entry => HistogramsView.Of(record.ReadHistograms(entry.series.Quantity, entry.series.Target), MostHistograms));
        var (steps, curves) = FrozenCurve.Of(record, view.Series);
        var tensors = TensorsOf(record, TensorBytes - BytesOfANumber * Math.Max(0, curves.Sum(curve => curve.Count) - FrozenCurve.Numbers));
        return new FrozenRun(RunEntry.Of(record, Id, "", name), WithOnly(view, tensors), steps, curves, histograms, tensors);
    }

    /// <summary>Takes the last snapshot of each kind that there is room for, then earlier ones, the latest first, until there is no more.</summary>
    private static List<FrozenTensor> TensorsOf(RunRecord record, long left)
    {
        var ordered = Enum.GetValues<SnapshotKind>().OrderBy(kind => kind is SnapshotKind.Gradients or SnapshotKind.Activations); // those of images are small and come before what grows with the network
        var kinds = ordered.Select(kind => record.ReadSnapshots(kind).Reverse().ToArray()).ToArray();
        var tensors = new List<FrozenTensor>();
        for (var age = 0; age < kinds.Max(snapshots => snapshots.Length); age++)
        {
            foreach (var snapshots in kinds.Where(snapshots => age < snapshots.Length))
            {
                var snapshot = snapshots[age];
                var half = age > 0 && age < snapshots.Length - 1; // the first and the last are compared most
                List<FrozenTensor> taken = [.. Arrays(snapshot).Select(array => new FrozenTensor(snapshot.Kind.ToString(), snapshot.Step, TensorView.Of(array, half, MostElements)))];
                var size = taken.Sum(tensor => tensor.View.Values.Length * 3L / 4);
                if (size > left && age > 0)
                    return tensors;
                if (size > left && tensors.Count > 0)
                    continue;
                left -= size;
                tensors.AddRange(taken);
            }
        }

        return tensors;
    }

    private static IEnumerable<NamedArray> Arrays(Snapshot snapshot)
    {
        try
        {
            return snapshot.ReadArrays().Where(array => array.Values.Length > 0 && !NetworkTensor.IsCounterName(array.Name));
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return []; // the rest of the report is worth having
        }
    }

    private static RunView WithOnly(RunView view, List<FrozenTensor> tensors)
    {
        var kept = tensors.Select(tensor => (tensor.Kind, tensor.Step)).ToHashSet();
        return view with { Snapshots = [.. view.Snapshots.Where(snapshot => kept.Contains((snapshot.Kind, snapshot.Step)))] };
    }
}
