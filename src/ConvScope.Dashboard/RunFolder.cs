namespace ConvScope.Dashboard;

/// <summary>One run below the served folder.</summary>
/// <param name="Id">16 hexadecimal digits made from its place.</param>
/// <param name="Path">The run folder.</param>
/// <param name="Record">The record in it.</param>
/// <param name="Environment">The folder that it lies in, relative to the served one, with forward slashes.</param>
/// <param name="Name">Name of the run folder.</param>
internal sealed record RunFolder(string Id, string Path, string Record, string Environment, string Name)
{
    /// <summary>Changes whenever the record does: lengths and times of its files.</summary>
    public string Stamp()
    {
        FileInfo record = new(Record), log = new($"{Record}-wal");
        return record.Exists ? $"{record.Length}/{record.LastWriteTimeUtc.Ticks}/{(log.Exists ? log.Length : 0)}/{(log.Exists ? log.LastWriteTimeUtc.Ticks : 0)}" : "";
    }
}
