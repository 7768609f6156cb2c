using System.IO.Enumeration;

namespace ConvScope.Datasets.Files;

/// <summary>
/// Lists all files below a folder, at any depth. Every folder is visited once, by where it really lies: its own folders come before those that links lead to, and a link that leads back to a folder above it, or to one that
/// is in the list already, is left out and noted, so that no image is listed twice or under another class. Hidden folders are not entered.
/// </summary>
internal sealed class FolderWalk
{
    private const string Back = "link back to a folder above it", Again = "link to a folder that is here already", ImageAgain = "link to an image that is here already",
        Hidden = "hidden folder", Unreadable = "folder that may not be read";

    private static readonly EnumerationOptions _everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    private readonly string _root;
    private readonly string _realRoot;
    private readonly Dictionary<string, string> _visited = new(StringComparer.Ordinal); // by real path: the name
    private readonly SortedDictionary<string, string> _links = new(StringComparer.Ordinal); // to folders, by their names: real path of where they lie
    private readonly SortedDictionary<string, string> _fileLinks = new(StringComparer.Ordinal);

    private FolderWalk(string root)
    {
        _root = root;
        _realRoot = RealPath.Of(root) ?? Path.GetFullPath(root);
    }

    /// <summary>Files: the name with forward slashes, and the path inside the root, which differ where a name has a backslash of its own.</summary>
    public List<(string Name, string Path)> Files { get; } = [];

    /// <summary>Names of the folders below the root.</summary>
    public List<string> Folders { get; } = [];

    /// <summary>What was left out, and its name.</summary>
    public List<(string What, string Name)> Notes { get; } = [];

    /// <summary>Names of folders that may not be read.</summary>
    public List<string> Closed { get; } = [];

    /// <summary>Walks.</summary>
    /// <exception cref="UnauthorizedAccessException">The root itself may not be read.</exception>
    public static FolderWalk Below(string root)
    {
        var walk = new FolderWalk(root);
        walk.Enter("", walk._realRoot);
        while (walk._links.Count > 0)
            walk.FollowFirst();
        walk.TakeFileLinks();
        return walk;
    }

    private void Enter(string name, string real)
    {
        var left = new Stack<(string Name, string Real)>([(name, real)]);
        while (left.TryPop(out var folder))
        {
            if (!_visited.TryAdd(folder.Real, folder.Name))
            {
                Notes.Add((Again, folder.Name));
                continue;
            }

            if (folder.Name.Length > 0)
                Folders.Add(folder.Name);
            foreach (var entry in Entries(folder.Name))
            {
                var own = folder.Name.Length == 0 ? entry.Name : $"{folder.Name}/{entry.Name}";
                if (entry.IsFolder && entry.Name.StartsWith('.'))
                    Notes.Add((Hidden, own));
                else if (entry.IsFolder && entry.IsLink)
                    _links[own] = folder.Real;
                else if (entry.IsFolder)
                    left.Push((own, Path.Combine(folder.Real, entry.Name)));
                else if (entry.IsLink)
                    _fileLinks[own] = folder.Real;
                else
                    Add(own);
            }
        }
    }

    /// <summary>A file at the root may have a backslash in its name, as some programs unpack a zip of Windows: it stands for a folder.</summary>
    private void Add(string path) => Files.Add((path.Contains('/') ? path : path.Replace('\\', '/'), path));

    private List<(string Name, bool IsFolder, bool IsLink)> Entries(string name)
    {
        try
        {
            var folder = Path.Combine(_root, name);
            return [.. new FileSystemEnumerable<(string, bool, bool)>(
                folder, (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory, (entry.Attributes & FileAttributes.ReparsePoint) != 0), _everything)];
        }
        catch (Exception exception) when (name.Length > 0 && exception is UnauthorizedAccessException or IOException)
        {
            Notes.Add((Unreadable, name));
            Closed.Add(name);
            return [];
        }
    }

    private void FollowFirst()
    {
        var (name, folder) = _links.First();
        _links.Remove(name);
        if (RealPath.Of(Path.Combine(_root, name)) is not { } target || RealPath.IsAtOrAbove(target, folder) || RealPath.IsAtOrAbove(target, _realRoot))
            Notes.Add((Back, name));
        else if (_visited.ContainsKey(target))
            Notes.Add((Again, name));
        else
            Enter(name, target);
    }

    /// <summary>A link to an image of the list would be a second image; one that leads to nothing stays, so that it is named where it is read.</summary>
    private void TakeFileLinks()
    {
        foreach (var name in _fileLinks.Keys)
        {
            if (RealPath.Of(Path.Combine(_root, name)) is { } real && _visited.ContainsKey(Path.GetDirectoryName(real)!) && !Path.GetFileName(real).StartsWith('.') && ImageEndings.IsImage(real))
                Notes.Add((ImageAgain, name));
            else
                Add(name);
        }
    }
}
