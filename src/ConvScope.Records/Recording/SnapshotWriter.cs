using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;

namespace ConvScope.Records.Recording;

/// <summary>Writes the snapshots of a run, each its file first and then its row, and says once that their limit is reached.</summary>
/// <param name="folder">The run folder.</param>
/// <param name="retention">Which are kept.</param>
/// <param name="limit">Bytes that all of them may take; null for any number.</param>
/// <param name="onLimit">Called once, when the limit is reached; null for nobody.</param>
internal sealed class SnapshotWriter(string folder, Retention retention, long? limit, Action<string>? onLimit)
{
    private readonly SnapshotShelf _shelf = new(retention, limit);
    private string? _cuts; // as the record has them

    /// <summary>Writes a snapshot, where there is room for it.</summary>
    /// <returns>Files that the record does not name any more: to be deleted once that is committed.</returns>
    public IReadOnlyList<string> Write(RecordTables tables, long step, int epoch, SnapshotKind kind, IReadOnlyList<StoredTensor> tensors, bool isWhole)
    {
        var file = $"{RecordSchema.SnapshotFolder}/{SnapshotName.Of(kind, step)}";
        var metadata = new Dictionary<string, string> { ["step"] = $"{step}", ["epoch"] = $"{epoch}", ["kind"] = kind.ToString() };
        if (isWhole)
            metadata[Snapshot.WholeKey] = "true";
        var bytes = limit is null ? 0 : Safetensors.Length(tensors, metadata);
        var going = _shelf.MakeRoom(kind, epoch, file, bytes);
        if (going is not null)
        {
            Safetensors.WriteTensors(Path.Combine(folder, file), tensors, metadata);
            tables.InsertSnapshot(step, epoch, kind, file);
            _shelf.Add(kind, epoch, file, bytes, going);
            foreach (var old in going)
                tables.DeleteSnapshot(old);
        }

        if (_shelf.Cuts is { } cuts && cuts != _cuts)
            Say(tables, cuts);
        return [.. (going ?? []).Select(old => Path.Combine(folder, old))];
    }

    private void Say(RecordTables tables, string cuts)
    {
        tables.SetMetadata(new Dictionary<string, string> { [MetadataNames.SnapshotCuts] = cuts });
        var isFirst = _cuts is null;
        _cuts = cuts;
        if (isFirst)
            Tell(cuts);
    }

    private void Tell(string cuts)
    {
        try
        {
            onLimit?.Invoke(cuts);
        }
        catch (Exception)
        {
            // the record has it, whatever becomes of a log
        }
    }
}
