using ConvScope.Records.Files;

namespace ConvScope.Records.Recording;

/// <summary>
/// The snapshots that a run has written, and which of them go when another one comes: those that its retention does not keep, and, where the limit has no room for all, older ones between
/// the first and the last of each kind. For the weights, of which the last always stay, other kinds and the first weights give way too.
/// </summary>
/// <param name="retention">Which are kept.</param>
/// <param name="limit">Bytes that all of them may take; null for any number.</param>
internal sealed class SnapshotShelf(Retention retention, long? limit)
{
    private readonly List<Kept> _kept = []; // in the order in which they were written
    private readonly SortedDictionary<SnapshotKind, int> _refused = [];
    private int _thinned;
    private int? _reached; // the epoch

    /// <summary>What the limit did, in words; null where there was room for everything.</summary>
    public string? Cuts => _reached is not { } epoch ? null
        : $"the limit of {ByteSize.Text(limit!.Value)} was reached in epoch {epoch}: {string.Join("; ", Effects)}";

    private IEnumerable<string> Effects
    {
        get
        {
            if (_thinned > 0)
                yield return _thinned == 1 ? "1 older snapshot was deleted" : $"{_thinned} older snapshots were deleted";
            if (_refused.Count > 0)
                yield return $"no room for {string.Join(", ", _refused.Select(kind => $"{kind.Key} ({kind.Value})"))}";
        }
    }

    /// <summary>Looks for room; nothing is given up before <see cref="Add"/>.</summary>
    /// <param name="kind">Kind of the snapshot that comes.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="file">Its file, which may replace one of the same name.</param>
    /// <param name="bytes">Its size.</param>
    /// <returns>The files that go; null where there is no room: it is left out, and a later one may find some.</returns>
    public IReadOnlyList<string>? MakeRoom(SnapshotKind kind, int epoch, string file, long bytes)
    {
        var others = _kept.Where(one => one.File != file).ToList();
        var discarded = retention.Discarded([.. others.Where(one => one.Kind == kind).Select(one => one.Epoch), epoch]).ToHashSet();
        var going = others.Where(one => one.Kind == kind && discarded.Contains(one.Epoch)).ToList();
        var excess = others.Except(going).Sum(one => one.Bytes) + bytes - (limit ?? long.MaxValue);
        if (excess <= 0)
            return [.. going.Select(one => one.File)];
        _reached ??= epoch;
        var unkept = going.Count;
        foreach (var one in Expendable([.. others.Except(going)], kind).TakeWhile(_ => excess > 0))
        {
            going.Add(one);
            excess -= one.Bytes;
        }

        if (excess > 0)
        {
            _refused[kind] = _refused.GetValueOrDefault(kind) + 1;
            return null;
        }

        _thinned += going.Count - unkept;
        return [.. going.Select(one => one.File)];
    }

    /// <summary>A snapshot has been written in place of those that go.</summary>
    public void Add(SnapshotKind kind, int epoch, string file, long bytes, IReadOnlyList<string> going)
    {
        _kept.RemoveAll(one => one.File == file || going.Contains(one.File));
        _kept.Add(new Kept(kind, epoch, file, bytes));
    }

    /// <summary>What may go for a snapshot of a kind, the first to go first.</summary>
    private static IEnumerable<Kept> Expendable(IReadOnlyList<Kept> kept, SnapshotKind kind)
    {
        var ends = kept.GroupBy(one => one.Kind).SelectMany(group => group.Key == kind ? group.Take(1) : [group.First(), group.Last()]).ToHashSet();
        var between = kept.Where(one => !ends.Contains(one));
        return kind != SnapshotKind.Weights ? between : between.Concat(kept.Where(ends.Contains).OrderBy(one => one.Kind == SnapshotKind.Weights));
    }

    private sealed record Kept(SnapshotKind Kind, int Epoch, string File, long Bytes);
}
