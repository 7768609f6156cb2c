using Microsoft.Win32.SafeHandles;

namespace ConvScope.Datasets.Files;

/// <summary>Files of a folder, or of anywhere.</summary>
internal sealed class PlainFiles : FileSource
{
    private readonly string _root;
    private readonly IReadOnlyList<string> _names;
    private readonly IReadOnlyList<string> _paths;

    /// <summary>Files by their paths.</summary>
    public PlainFiles(IReadOnlyList<string> paths) => (_root, _names, _paths) = ("", paths, paths);

    private PlainFiles(string root, FolderWalk walk)
    {
        _root = root;
        _names = [.. walk.Files.Select(file => file.Name)];
        _paths = [.. walk.Files.Select(file => file.Path)];
        (Folders, Notes, Closed) = (walk.Folders, walk.Notes, walk.Closed);
    }

    public override int Count => _names.Count;

    public override IReadOnlyList<string> Folders { get; } = [];

    public override IReadOnlyList<(string What, string Name)> Notes { get; } = [];

    public override IReadOnlyList<string> Closed { get; } = [];

    /// <summary>All files below a folder; see <see cref="FolderWalk"/>.</summary>
    public static PlainFiles Below(string root) => new(root, FolderWalk.Below(root));

    public override string Name(int index) => _names[index];

    public override string PathOf(int index) => _root.Length == 0 ? _paths[index] : Path.Combine(_root, _paths[index]);

    public override long Length(int index) => new FileInfo(PathOf(index)) is { Exists: true } file ? file.Length : -1;

    public override int Read(int index, ref byte[] buffer)
    {
        using var file = File.OpenHandle(PathOf(index), options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        MakeRoom(ref buffer, length);
        return ReadAt(file, buffer.AsSpan(0, (int)length), 0);
    }

    public override void Dispose()
    {
    }

    /// <summary>Reads up to the end of the span or of the file.</summary>
    public static int ReadAt(SafeFileHandle file, Span<byte> target, long offset)
    {
        var done = 0;
        for (int read; done < target.Length && (read = RandomAccess.Read(file, target[done..], offset + done)) > 0;)
            done += read;
        return done;
    }
}
