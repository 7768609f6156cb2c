using System.Text.Json;
using System.Text.Json.Nodes;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Curves;

namespace ConvScope.Reporting.Views;

/// <summary>What the page needs to know of a run before it draws anything: all but readings, histograms and tensors.</summary>
internal sealed record RunView
{
    private const int MostClassesForEveryEpoch = 32;

    /// <summary>What the run is asked for by.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the run folder.</summary>
    public required string Name { get; init; }

    /// <summary>As <see cref="RunRecord.ReadStatus"/> has it.</summary>
    public required string Status { get; init; }

    /// <summary>Last step of which anything was recorded; -1 for none.</summary>
    public long LastStep { get; init; }

    /// <summary>Seconds from the training's beginning to the last step.</summary>
    public double Seconds { get; init; }

    /// <summary>Accuracy on the test set, 0 to 1, as the run's summary has it; null where nothing was tested.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>The record's metadata.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The layers in forward order, as the record has them.</summary>
    public required JsonNode Layers { get; init; }

    /// <summary>The layers with outputs and costs; empty where the network was not described.</summary>
    public required IReadOnlyList<LayerView> LayerTable { get; init; }

    /// <summary>The series; a series is asked for by its place in this list, which never changes.</summary>
    public required IReadOnlyList<Series> Series { get; init; }

    /// <summary>What the diagnosis concluded, worst first.</summary>
    public required IReadOnlyList<FindingView> Findings { get; init; }

    /// <summary>Confusions of each epoch; of the last one only where there are many classes.</summary>
    public required IReadOnlyList<ConfusionView> Confusions { get; init; }

    /// <summary>The snapshots with names and shapes of their tensors.</summary>
    public required IReadOnlyList<SnapshotView> Snapshots { get; init; }

    /// <summary>When the steps were made, with those of the runs that this one goes on from.</summary>
    public required RunClock Clock { get; init; }

    /// <summary>Reads it.</summary>
    public static RunView Of(RunRecord record, string id, string name)
    {
        var metadata = record.ReadMetadata();
        var steps = record.ReadSteps();
        return new RunView
        {
            Id = id,
            Name = name,
            Status = record.ReadStatus(),
            LastStep = steps.Count == 0 ? -1 : steps[^1].Step,
            Seconds = steps.Count == 0 ? 0 : steps[^1].Seconds,
            TestAccuracy = TestAccuracyOf(record.Folder),
            Metadata = new SortedDictionary<string, string>(metadata.ToDictionary(), StringComparer.Ordinal),
            Layers = LayersOf(metadata),
            LayerTable = TableOf(metadata),
            Series = record.ReadSeries(),
            Findings = [.. record.ReadFindings().Select(FindingView.Of)],
            Confusions = [.. new[] { "train", "validation" }.SelectMany(dataset => ConfusionsOf(record, dataset))],
            Snapshots = [.. Enum.GetValues<SnapshotKind>().SelectMany(record.ReadSnapshots).Select(SnapshotView.Of).OfType<SnapshotView>()],
            Clock = Lineage.Clock(record),
        };
    }

    private static double? TestAccuracyOf(string folder)
    {
        try
        {
            return File.Exists(Path.Combine(folder, RunSummary.FileName)) ? RunSummary.Read(folder).TestAccuracy : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // a summary that is damaged, or is being written: the record is what the page shows
        }
    }

    private static IEnumerable<ConfusionView> ConfusionsOf(RunRecord record, string dataset)
    {
        var confusions = record.ReadConfusions(dataset).Select(entry => new ConfusionView(dataset, entry.Epoch, entry.Confusion.ClassCount, entry.Confusion.Counts));
        return confusions.LastOrDefault() is { Classes: > MostClassesForEveryEpoch } last ? [last] : confusions;
    }

    private static JsonNode LayersOf(IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            return JsonNode.Parse(metadata.GetValueOrDefault(MetadataNames.Layers, "[]")) as JsonArray ?? [];
        }
        catch (JsonException)
        {
            return new JsonArray();
        }
    }

    private static LayerView[] TableOf(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(MetadataNames.NetworkJson, out var json))
            return [];
        try
        {
            return [.. NetworkSpec.FromJson(json).Table.Select(row => new LayerView(row.Layer.Name, row.Layer.Kind, row.Output.ToString(), row.ParameterCount, row.MultiplyAdds))];
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidDataException or NotSupportedException)
        {
            return []; // a network that a later version described
        }
    }
}
