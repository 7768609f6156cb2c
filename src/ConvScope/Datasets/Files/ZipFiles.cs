using System.Collections.Concurrent;
using System.IO.Compression;
using ConvScope.Records.Files;

namespace ConvScope.Datasets.Files;

/// <summary>The files of a zip archive. An open archive serves one thread at a time, so there are as many as threads read at once.</summary>
internal sealed class ZipFiles : FileSource
{
    private const int FirstRoom = 1 << 16;
    private readonly string _path;
    private readonly ConcurrentBag<ZipArchive> _idle = [];
    private readonly (int Entry, string Name, long Length)[] _members;
    private volatile bool _disposed;

    /// <summary>Opens an archive and reads its directory.</summary>
    /// <exception cref="DamagedFileException">It is damaged or truncated, or a member points outside of it.</exception>
    public ZipFiles(string path)
    {
        _path = path;
        var archive = Open();
        try
        {
            _members = [.. archive.Entries.Index().Where(entry => !entry.Item.FullName.EndsWith('/')).Select(entry => (entry.Index, MemberPath.Checked(path, entry.Item.FullName), entry.Item.Length))];
            Folders = [.. archive.Entries.Where(entry => entry.FullName.EndsWith('/')).Select(entry => MemberPath.Checked(path, entry.FullName, isFolder: true)).Where(name => name.Length > 0)];
        }
        catch (InvalidDataException exception)
        {
            archive.Dispose();
            throw new DamagedFileException(path, $"'{path}' is no whole zip archive: {exception.Message}", exception);
        }
        catch
        {
            archive.Dispose();
            throw;
        }

        _idle.Add(archive);
    }

    public override int Count => _members.Length;

    public override IReadOnlyList<string> Folders { get; }

    public override string Name(int index) => _members[index].Name;

    public override string PathOf(int index) => MemberPath.Join(_path, _members[index].Name);

    public override long Length(int index) => _members[index].Length;

    public override int Read(int index, ref byte[] buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var (entry, _, length) = _members[index];
        if (length > LargestFile)
            throw new InvalidDataException($"it has {length} bytes; at most {LargestFile} are read");
        if (!_idle.TryTake(out var archive))
            archive = Open();
        try
        {
            using var content = archive.Entries[entry].Open();
            var read = Read(content, ref buffer);
            return read == length ? read : throw new InvalidDataException($"the archive promises {length} bytes and holds {read}");
        }
        finally
        {
            _idle.Add(archive);
            if (_disposed)
                Dispose();
        }
    }

    public override void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var archive))
            archive.Dispose();
    }

    /// <summary>Reads to the end; the buffer grows with what is there, never with what is promised.</summary>
    private static int Read(Stream content, ref byte[] buffer)
    {
        MakeRoom(ref buffer, FirstRoom);
        var done = 0;
        for (int read; (read = content.Read(buffer, done, buffer.Length - done)) > 0;)
        {
            done += read;
            if (done < buffer.Length)
                continue;
            if (done >= LargestFile)
                throw new InvalidDataException($"it unpacks to more than {LargestFile} bytes");
            Array.Resize(ref buffer, (int)Math.Min(done * 2L, LargestFile + 1L));
        }

        return done;
    }

    private ZipArchive Open()
    {
        try
        {
            return ZipFile.OpenRead(_path);
        }
        catch (InvalidDataException exception)
        {
            throw new DamagedFileException(_path, $"'{_path}' is no whole zip archive: {exception.Message}", exception);
        }
    }
}
