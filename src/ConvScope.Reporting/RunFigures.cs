using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using ConvScope.Records.Files;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Curves;
using ConvScope.Reporting.Figures;
using ConvScope.Reporting.Palettes;
using SkiaSharp;

namespace ConvScope.Reporting;

/// <summary>
/// Draws the figures of a run from its record: mosaics of the weights and gradients of every convolution and fully connected layer, what every layer gives for an image, what augmentation makes of images, the pixels by which the network decides, the gradients' norms, loss, and accuracy or the error of a regression; each as PNG and SVG.
/// </summary>
/// <remarks>The same record gives the same bytes. libtorch is not needed.</remarks>
public static class RunFigures
{
    private static readonly SKColor _lossColor = SKColor.Parse("#FFA07A"), _accuracyColor = SKColor.Parse("#B0E0E6"), _validationColor = SKColor.Parse("#F2F4F8");

    /// <summary>Draws what the record has readings or snapshots for, into <c>figures/</c> of the run folder.</summary>
    /// <param name="runFolder">The folder that holds the record.</param>
    /// <returns>The files, relative to the run folder, with forward slashes.</returns>
    /// <exception cref="FileNotFoundException">The folder holds no record.</exception>
    /// <exception cref="DamagedFileException">Record or snapshot is damaged; what could be drawn is drawn.</exception>
    public static IReadOnlyList<string> Draw(string runFolder)
    {
        using var record = RunRecord.Open(runFolder);
        var failures = new ConcurrentQueue<Exception>();
        var figures = new List<(string Name, Action<string> Write)>();
        foreach (var source in new[] { SnapshotFigures.Weights, SnapshotFigures.Gradients, SnapshotFigures.Activations, Augmentation, Attributions, Charts })
            Guarded(failures, () => figures.AddRange(source(record)));

        // The charts take longest and start first; pictures of a large network have 40 MB each, so only a few are drawn at a time.
        Parallel.ForEach(
            Partitioner.Create(figures.AsEnumerable().Reverse(), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, 8) },
            figure => Guarded(failures, () => figure.Write(Path.Combine(runFolder, figure.Name))));
        if (failures.TryPeek(out var first))
            ExceptionDispatchInfo.Throw(first);
        return [.. figures.SelectMany(figure => new[] { $"{figure.Name}.png", $"{figure.Name}.svg" })];
    }

    /// <summary>One figure that fails does not keep the others from being drawn.</summary>
    private static void Guarded(ConcurrentQueue<Exception> failures, Action draw)
    {
        try
        {
            draw();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            failures.Enqueue(exception);
        }
    }

    private static IEnumerable<(string Name, Action<string> Write)> Augmentation(RunRecord record)
    {
        if (record.ReadSnapshots(SnapshotKind.Augmentation) is not [var snapshot, ..])
            yield break;
        yield return ("figures/augmentation", path =>
        {
            var grid = new AugmentationGrid(snapshot.ReadArrays(), RecordedClasses.Of(record.ReadMetadata()));
            FigureFile.Write(path, grid.Size, grid.Draw);
        }
        );
    }

    private static IEnumerable<(string Name, Action<string> Write)> Attributions(RunRecord record)
    {
        if (record.ReadSnapshots(SnapshotKind.Attributions) is not [.., var snapshot])
            yield break;
        yield return ("figures/attribution", path =>
        {
            var grid = new AttributionGrid(snapshot.ReadArrays(), snapshot.Step, RecordedClasses.Of(record.ReadMetadata()));
            FigureFile.Write(path, grid.Size, grid.Draw);
        }
        );
    }

    private static IEnumerable<(string Name, Action<string> Write)> Charts(RunRecord record)
    {
        foreach (var (name, chart) in new[] { ("gradients", Gradients(record)), ("loss", Loss(record)), ("accuracy", Accuracy(record)), ("error", Error(record)) })
        {
            if (chart is not null)
                yield return ($"figures/{name}", path => FigureFile.Write(path, Chart.Size, chart.Draw));
        }
    }

    private static Chart? Gradients(RunRecord record)
    {
        var targets = record.ReadSeries().Where(series => series.Quantity == QuantityNames.GradientNorm).Select(series => series.Target).ToArray();
        if (targets.Length == 0)
            return null;
        var chart = new Chart(
            "Gradients", $"Norm of each parameter's gradient, smoothed by 0.9; biases dashed{Measured(record, QuantityNames.GradientNorm, targets[0])}",
            "‖gradient‖", ChartTheme.Light, logarithmic: true, lastStep: record.ReadLastStep());
        var layers = targets.Select(Layer).Distinct().ToList();
        foreach (var target in targets)
        {
            var isBias = target.EndsWith(".bias", StringComparison.Ordinal);
            chart.AddNoisyCurve(target, Points(record, QuantityNames.GradientNorm, target), OkabeIto.At(layers.IndexOf(Layer(target))), dashed: isBias, rawAlpha: isBias ? (byte)0 : (byte)28);
        }

        return chart;
    }

    private static Chart? Loss(RunRecord record)
    {
        var steps = Points(record, QuantityNames.Loss);
        var epochs = Points(record, QuantityNames.TrainLoss);
        if (steps.Count == 0 && epochs.Count == 0)
            return null;
        var chart = new Chart(
            "Loss", $"{LossWords(record)}; batches faint, smoothed by 0.9 bold, epochs as points{Measured(record, QuantityNames.Loss)}",
            "loss", ChartTheme.Dark, lastStep: record.ReadLastStep());
        if (steps.Count > 0)
            chart.AddNoisyCurve("batch", steps, _lossColor, rawAlpha: 90);
        if (epochs.Count > 0)
            chart.AddCurve("training, epoch", epochs, SKColor.Parse("#FF7F50"));
        if (Points(record, QuantityNames.ValidationLoss) is { Count: > 0 } validation)
            chart.AddCurve("validation", validation, _validationColor, dashed: true);
        return chart;
    }

    private static Chart? Accuracy(RunRecord record)
    {
        var epochs = Points(record, QuantityNames.TrainAccuracy);
        if (epochs.Count == 0)
            return null;
        var chart = new Chart("Accuracy", "Share of images classified right, epoch by epoch", "accuracy", ChartTheme.Dark, lastStep: record.ReadLastStep(), format: "0.0%");
        chart.AddCurve("training", epochs, _accuracyColor);
        if (Points(record, QuantityNames.ValidationAccuracy) is { Count: > 0 } validation)
            chart.AddCurve("validation", validation, _validationColor, dashed: true);
        return chart;
    }

    private static Chart? Error(RunRecord record)
    {
        var epochs = Points(record, QuantityNames.TrainError);
        if (epochs.Count == 0)
            return null;
        var chart = new Chart("Error", "Root mean squared error in the label's unit, epoch by epoch", "error", ChartTheme.Dark, lastStep: record.ReadLastStep());
        chart.AddCurve("training", epochs, _accuracyColor);
        if (Points(record, QuantityNames.ValidationError) is { Count: > 0 } validation)
            chart.AddCurve("validation", validation, _validationColor, dashed: true);
        return chart;
    }

    private static string LossWords(RunRecord record) => record.ReadMetadata().GetValueOrDefault(MetadataNames.Task) switch
    {
        _ when record.ReadSeries().Any(series => series is { Quantity: QuantityNames.Loss, Unit: "1" }) => "The loss as the loop gives it",
        "regression" => "Squared error in variances of the training labels",
        "binary" => "Binary cross-entropy in nats",
        _ => "Cross-entropy in nats",
    };

    private static IReadOnlyList<Reading> Points(RunRecord record, string quantity, string target = "") => Lineage.Readings(record, new Series(quantity, target, ""));

    /// <summary>Says where a quantity was last measured, if that is well before the run's last step.</summary>
    private static string Measured(RunRecord record, string quantity, string target = "")
    {
        if (Points(record, quantity, target) is not [.., var last] || record.ReadLastStep() is var end && end - last.Step <= end / 20)
            return "";
        return string.Create(CultureInfo.InvariantCulture, $"; last measured at step {last.Step:N0} of {end:N0}");
    }

    private static string Layer(string parameter) => parameter.LastIndexOf('.') is > 0 and var dot ? parameter[..dot] : parameter;
}
