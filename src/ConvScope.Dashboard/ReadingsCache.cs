using ConvScope.Records.Recording;

namespace ConvScope.Dashboard;

/// <summary>
/// The readings of long series, so that a page which follows a run has only what is new read from the disk: a curve is smoothed over all of them. Short ones are read each time.
/// </summary>
internal sealed class ReadingsCache
{
    private const int Long = 5000; // readings
    private const int Most = 2_000_000; // readings of all series together, 48 MB

    private readonly Dictionary<(string Folder, string Run, Series Series), (long Used, IReadOnlyList<Reading> Readings)> _kept = [];
    private readonly Lock _lock = new();
    private long _uses;

    /// <summary>All readings of a series.</summary>
    public IReadOnlyList<Reading> Read(RunRecord record, Series series)
    {
        var metadata = record.ReadMetadata();
        var key = (record.Folder, metadata.GetValueOrDefault(MetadataNames.Run) ?? metadata.GetValueOrDefault(MetadataNames.Started, ""), series);
        IReadOnlyList<Reading> before = [];
        lock (_lock)
        {
            if (_kept.TryGetValue(key, out var kept))
                before = kept.Readings;
        }

        var added = record.Read(series.Quantity, series.Target, before.Count == 0 ? -1 : before[^1].Step);
        var all = before.Count == 0 ? added : added.Count == 0 ? before : [.. before, .. added];
        if (all.Count >= Long)
            Keep(key, all);
        return all;
    }

    private void Keep((string, string, Series) key, IReadOnlyList<Reading> readings)
    {
        lock (_lock)
        {
            _kept[key] = (++_uses, readings);
            while (_kept.Count > 1 && _kept.Values.Sum(kept => (long)kept.Readings.Count) > Most)
                _kept.Remove(_kept.MinBy(kept => kept.Value.Used).Key);
        }
    }
}
