using System.Globalization;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Figures;

namespace ConvScope.Reporting;

/// <summary>The figures of the last snapshots: weights and gradients, a mosaic a parameter, and what the layers give, a mosaic a layer.</summary>
internal static class SnapshotFigures
{
    /// <summary><c>figures/weights/&lt;parameter&gt;</c>.</summary>
    public static IEnumerable<(string Name, Action<string> Write)> Weights(RunRecord record) => Parameters(record, SnapshotKind.Weights, "weights", "");

    /// <summary><c>figures/gradients/&lt;parameter&gt;</c>: the gradients that led to the last update.</summary>
    public static IEnumerable<(string Name, Action<string> Write)> Gradients(RunRecord record) => Parameters(record, SnapshotKind.Gradients, "gradients", "gradient of ");

    /// <summary><c>figures/activations/&lt;layer&gt;</c>: the channels of the first probe image, or the units of all of them.</summary>
    public static IEnumerable<(string Name, Action<string> Write)> Activations(RunRecord record)
    {
        if (record.ReadSnapshots(SnapshotKind.Activations) is not [.., var snapshot])
            yield break;
        var layers = snapshot.ReadArrays().Where(array => array.Shape.Count is 2 or 4 && array.Values.Length > 0).ToList();
        foreach (var (layer, name) in layers.Zip(FigureFile.Names(layers.Select(layer => layer.Name))))
        {
            yield return ($"figures/activations/{name}", layer.Name == SnapshotArrays.Input && layer.Shape is [_, 1 or 3, _, _]
                ? path => WriteInput(path, layer)
                : path => WriteMosaic(path, MosaicOf(layer, snapshot.Step)));
        }
    }

    private static IEnumerable<(string Name, Action<string> Write)> Parameters(RunRecord record, SnapshotKind kind, string folder, string prefix)
    {
        if (record.ReadSnapshots(kind) is not [.., var snapshot])
            yield break;
        var arrays = snapshot.ReadArrays().Where(array => array.Shape.Count is >= 2 and <= 5 && array.Values.Length > 0).ToList();
        foreach (var (array, name) in arrays.Zip(FigureFile.Names(arrays.Select(array => array.Name))))
            yield return ($"figures/{folder}/{name}", path => WriteMosaic(path, new WeightMosaic(array with { Name = prefix + array.Name }, snapshot.Step)));
    }

    private static WeightMosaic MosaicOf(NamedArray layer, long step)
    {
        var isMaps = layer.Shape.Count == 4;
        var size = layer.Values.Length / (int)layer.Shape[0];
        var shown = isMaps ? new NamedArray(layer.Name, [layer.Shape[1], 1, layer.Shape[2], layer.Shape[3]], layer.Values[..size]) : layer;
        var layout = MosaicLayout.Create(shown);
        var caption = isMaps ? layout.Caption.Replace("filter", "channel", StringComparison.Ordinal) + "; the first probe image" : "rows: probe images, columns: units";
        var title = string.Create(CultureInfo.InvariantCulture, $"output of {layer.Name}   {layer.ShapeText}   step {step:N0}");
        var isUnsigned = Array.TrueForAll(shown.Values, value => !(value < 0));
        return new WeightMosaic(shown, layout with { Caption = caption }, TensorStatistics.Measure(shown.Values), title, isUnsigned);
    }

    private static void WriteMosaic(string path, WeightMosaic mosaic)
    {
        using var picture = mosaic.Picture();
        FigureFile.Write(path, mosaic.Size, mosaic.Draw, picture, WeightMosaic.Place);
    }

    private static void WriteInput(string path, NamedArray images)
    {
        var figure = new InputFigure(images);
        FigureFile.Write(path, figure.Size, figure.Draw);
    }
}
