using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Bytes;

/// <summary>A storage inside a file, read when it is asked for.</summary>
/// <remarks>Positioned reads instead of a memory map: as fast from the page cache, and a file that shrinks while it is read gives an exception instead of a signal that ends the process.</remarks>
internal sealed class FileBytes : StorageBytes
{
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private long _begin;

    /// <summary>A storage whose place in the file is told later, by <see cref="Place"/>.</summary>
    public FileBytes(SafeFileHandle file, string path, long length)
    {
        _file = file;
        _path = path;
        Length = length;
        _begin = -1;
    }

    public override long Length { get; }

    /// <summary>Whether the place is known.</summary>
    public bool IsPlaced => _begin >= 0;

    /// <summary>Says where the storage begins.</summary>
    /// <exception cref="DamagedFileException">It does not fit into the file.</exception>
    public FileBytes Place(long begin)
    {
        var end = RandomAccess.GetLength(_file);
        if (begin < 0 || begin > end || Length > end - begin)
            throw DamagedFileException.At(_path, "readable checkpoint", begin, $"a storage of {Length} bytes does not fit into the file of {end} bytes");
        _begin = begin;
        return this;
    }

    public override void Read(long offset, Span<byte> destination)
    {
        var at = _begin + offset;
        while (!destination.IsEmpty)
        {
            var count = RandomAccess.Read(_file, destination, at);
            if (count == 0)
                throw DamagedFileException.At(_path, "readable checkpoint", at, "the file ended while it was read");
            at += count;
            destination = destination[count..];
        }
    }
}
