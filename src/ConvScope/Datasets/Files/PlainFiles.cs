using Microsoft.Win32.SafeHandles;

namespace ConvScope.Datasets.Files;

/// <summary>Files of a folder, or of anywhere.</summary>
/// <param name="root">The folder; empty where the names are paths themselves.</param>
/// <param name="names">Names inside the folder.</param>
internal sealed class PlainFiles(string root, IReadOnlyList<string> names) : FileSource
{
    public override int Count => names.Count;

    /// <summary>All files below a folder, eight folders deep at most; hidden ones are left out.</summary>
    public static PlainFiles Below(string root)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 8, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        return new PlainFiles(root, [.. Directory.EnumerateFiles(root, "*", options).Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))]);
    }

    public override string Name(int index) => names[index];

    public override string PathOf(int index) => root.Length == 0 ? names[index] : Path.Combine(root, names[index]);

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
