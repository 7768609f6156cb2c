using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Views;

namespace ConvScope.Dashboard;

/// <summary>Reads what requests ask for. Every read opens the record and closes it, so that a training which ends is never kept waiting.</summary>
/// <param name="folders">The runs.</param>
internal sealed class RunReader(RunFolders folders)
{
    private readonly Dictionary<string, (string Stamp, RunEntry Entry)> _entries = [];
    private readonly Lock _lock = new();

    /// <summary>The list of runs, the last begun first. A record that has not changed is not read again.</summary>
    public IReadOnlyList<RunEntry> List() => [.. folders.All.Select(Entry).OfType<RunEntry>().OrderByDescending(entry => entry.Started, StringComparer.Ordinal).ThenBy(entry => entry.Id, StringComparer.Ordinal)];

    /// <summary>A run by its id.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public RunFolder Find(string id) => folders.Find(id) ?? throw new FileNotFoundException("There is no such run.");

    /// <summary>Opens a record, reads, and closes it.</summary>
    public T Read<T>(string id, Func<RunRecord, RunFolder, T> read)
    {
        var folder = Find(id);
        using var record = RunRecord.Open(folder.Path);
        return read(record, folder);
    }

    /// <summary>One tensor of a snapshot, or a part of it.</summary>
    /// <param name="id">The run.</param>
    /// <param name="kind">Kind of the snapshot.</param>
    /// <param name="step">Step of the snapshot.</param>
    /// <param name="name">Name of the tensor.</param>
    /// <param name="part">Indices along the first axes, separated by commas; empty for the whole tensor.</param>
    /// <exception cref="BadRequestException">There is no such snapshot, tensor or part.</exception>
    public NamedArray Tensor(string id, string? kind, long step, string? name, string? part)
    {
        if (!Enum.TryParse<SnapshotKind>(kind, out var which) || !Enum.IsDefined(which))
            throw new BadRequestException($"kind must be one of {string.Join(", ", Enum.GetNames<SnapshotKind>())}.");
        var snapshot = Read(id, (record, _) => record.ReadSnapshots(which)).FirstOrDefault(snapshot => snapshot.Step == step) ?? throw new BadRequestException($"The run has no snapshot of {which} at step {step}.");
        if (snapshot.IsLink)
            throw new BadRequestException("That snapshot is a link, and links are not followed.");
        var array = Safetensors.Read(snapshot.Path, name ?? "") ?? throw new BadRequestException($"The snapshot has no tensor of that name.");
        return string.IsNullOrEmpty(part) ? array : Part(array, part);
    }

    private static NamedArray Part(NamedArray array, string part)
    {
        var indices = part.Split(',');
        if (indices.Length > array.Shape.Count)
            throw new BadRequestException($"{array.Name} has {array.Shape.Count} axes; part names {indices.Length}.");
        var (start, length) = (0L, (long)array.Values.Length);
        for (var axis = 0; axis < indices.Length; axis++)
        {
            if (!int.TryParse(indices[axis], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index) || index >= array.Shape[axis])
                throw new BadRequestException($"{array.Name} is {array.ShapeText}: along axis {axis} a part is 0 to {array.Shape[axis] - 1}.");
            length /= array.Shape[axis];
            start += index * length;
        }

        return new NamedArray($"{array.Name}[{part}]", [.. array.Shape.Skip(indices.Length)], array.Values[(int)start..(int)(start + length)]);
    }

    private RunEntry? Entry(RunFolder folder)
    {
        var stamp = folder.Stamp();
        lock (_lock)
        {
            if (_entries.TryGetValue(folder.Id, out var known) && known.Stamp == stamp && known.Entry.Status != "running") // a running one may have died since
                return known.Entry;
        }

        var entry = ReadEntry(folder);
        lock (_lock)
        {
            if (entry is not null)
                _entries[folder.Id] = (stamp, entry);
        }

        return entry;
    }

    private static RunEntry? ReadEntry(RunFolder folder)
    {
        try
        {
            using var record = RunRecord.Open(folder.Path);
            return RunEntry.Of(record, folder.Id, folder.Environment, folder.Name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException) // whatever it is, it is that run's alone
        {
            return RunEntry.OfUnreadable(exception, folder.Id, folder.Environment, folder.Name);
        }
    }
}
