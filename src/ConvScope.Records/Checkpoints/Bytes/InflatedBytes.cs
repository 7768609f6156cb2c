using System.IO.Compression;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Bytes;

/// <summary>A storage in an entry of a zip archive, inflated when it is read first, as far as it should reach and no further.</summary>
internal sealed class InflatedBytes(SafeFileHandle file, string path, int entry, long begin, long length) : StorageBytes
{
    private readonly Lock _lock = new();
    private byte[]? _values;

    public override long Length => length;

    public override void Read(long offset, Span<byte> destination)
    {
        lock (_lock)
            _values ??= Inflate();
        _values.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }

    private byte[] Inflate()
    {
        if (length > Array.MaxLength)
            throw new NotSupportedException($"An array in '{path}' needs {length} bytes; one array holds {Array.MaxLength}.");
        try
        {
            using var archive = new ZipArchive(new HandleStream(file), ZipArchiveMode.Read);
            var packed = archive.Entries[entry];
            if (length / 1100 > packed.CompressedLength)
                throw new InvalidDataException($"{packed.CompressedLength} bytes cannot be {length}");
            using var content = packed.Open();
            content.ReadExactly(new byte[begin]);
            var result = new byte[length];
            content.ReadExactly(result);
            return result;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException)
        {
            throw DamagedFileException.At(path, "readable checkpoint", 0, $"an array cannot be inflated ({exception.Message.TrimEnd('.')})", exception);
        }
    }
}
