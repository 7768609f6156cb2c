using System.Security.Cryptography;
using System.Text;
using ConvScope.Records.Recording;

namespace ConvScope.Dashboard;

/// <summary>
/// The run folders below the served one. A run is only ever found in this list, by a name that is made from its place: no part of a request becomes part of a path. Links are not followed.
/// </summary>
/// <param name="root">The served folder.</param>
internal sealed class RunFolders(string root)
{
    private volatile IReadOnlyDictionary<string, RunFolder> _folders = new Dictionary<string, RunFolder>();

    /// <summary>The runs as they were at the last look.</summary>
    public IReadOnlyCollection<RunFolder> All => [.. _folders.Values];

    /// <summary>A run by its id; null where there is none.</summary>
    public RunFolder? Find(string id) => _folders.GetValueOrDefault(id) is { } folder && File.Exists(folder.Record) ? folder : null;

    /// <summary>Looks for runs anew.</summary>
    /// <returns>Whether any came or went.</returns>
    public bool Look()
    {
        var found = RunFinder.Records(root).Select(Describe).ToDictionary(folder => folder.Id);
        var before = _folders;
        _folders = found;
        return !found.Keys.ToHashSet().SetEquals(before.Keys);
    }

    private RunFolder Describe(string folder)
    {
        var place = Path.GetRelativePath(root, folder).Replace('\\', '/');
        var parent = Path.GetDirectoryName(place)?.Replace('\\', '/') ?? "";
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(place)).AsSpan(0, 8));
        return new RunFolder(id, folder, Path.Combine(folder, RecordSchema.FileName), place == "." ? "" : parent, place == "." ? Path.GetFileName(root) : Path.GetFileName(place));
    }
}
