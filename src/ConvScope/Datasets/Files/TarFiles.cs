using System.Formats.Tar;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Datasets.Files;

/// <summary>The regular files of a tar archive, read at their places with one handle. Links are not followed: they are no files here.</summary>
internal sealed class TarFiles : FileSource
{
    private readonly string _path;
    private readonly string _shownPath;
    private readonly SafeFileHandle _file;
    private readonly List<(string Name, long Offset, long Length)> _members = [];
    private readonly List<string> _folders = [];
    private readonly List<(string What, string Name)> _notes = [];

    /// <summary>Opens an archive and reads its headers.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="shownPath">What messages and paths of members call it; null for its path.</param>
    /// <exception cref="DamagedFileException">It is damaged or truncated, or a member points outside of it.</exception>
    public TarFiles(string path, string? shownPath = null)
    {
        _path = path;
        _shownPath = shownPath ?? path;
        _file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            ReadHeaders();
        }
        catch (Exception exception)
        {
            _file.Dispose();
            if (exception is EndOfStreamException or FormatException or OverflowException or InvalidDataException)
                throw new DamagedFileException(_shownPath, $"'{_shownPath}' is no whole tar archive: {exception.Message}", exception);
            throw;
        }
    }

    public override int Count => _members.Count;

    public override IReadOnlyList<string> Folders => _folders;

    public override IReadOnlyList<(string What, string Name)> Notes => _notes;

    public override string Name(int index) => _members[index].Name;

    public override string PathOf(int index) => MemberPath.Join(_shownPath, _members[index].Name);

    public override long Length(int index) => _members[index].Length;

    public override int Read(int index, ref byte[] buffer)
    {
        var (_, offset, length) = _members[index];
        MakeRoom(ref buffer, length);
        var read = PlainFiles.ReadAt(_file, buffer.AsSpan(0, (int)length), offset);
        return read == length ? read : throw new EndOfStreamException($"the archive ends inside it: {length} bytes are promised, {read} are there");
    }

    public override void Dispose() => _file.Dispose();

    private void ReadHeaders()
    {
        using var stream = File.OpenRead(_path);
        using var reader = new TarReader(stream);
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.Directory && MemberPath.Checked(_shownPath, entry.Name, isFolder: true) is { Length: > 0 } folder)
                _folders.Add(folder);
            if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                _notes.Add(("link inside an archive", MemberPath.Checked(_shownPath, entry.Name)));
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
                continue;
            if (entry.Length > 0 && entry.DataOffset + entry.Length > stream.Length)
                throw new DamagedFileException(
                    _shownPath, $"'{_shownPath}' is truncated: member '{ShownPath.Of(entry.Name)}' ends at byte {entry.DataOffset + entry.Length}, the archive at {stream.Length}.") { Place = entry.Name };
            _members.Add((MemberPath.Checked(_shownPath, entry.Name), entry.DataOffset, entry.Length));
        }
    }
}
