using System.Buffers.Binary;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Onnx;

/// <summary>A storage of numbers that a file holds in base 128, made when it is read first.</summary>
internal sealed class VarintBytes(string path, SafeFileHandle file, long begin, long packed, ElementType type, long count) : StorageBytes
{
    private readonly Lock _lock = new();
    private byte[]? _values;

    public override long Length => count * type.Size();

    public override void Read(long offset, Span<byte> destination)
    {
        lock (_lock)
            _values ??= Unpack();
        _values.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }

    private byte[] Unpack()
    {
        if (count > packed || packed > 10 * count)
            throw DamagedFileException.At(path, "readable ONNX file", begin, $"{packed} bytes cannot be {count} numbers");
        if (Length > Array.MaxLength)
            throw new NotSupportedException($"A tensor in '{path}' needs {Length} bytes; one array holds {Array.MaxLength}.");
        var values = new byte[Length];
        var (window, at, size) = (new FileWindow(file, path), begin, type.Size());
        Span<byte> whole = stackalloc byte[sizeof(ulong)];
        for (var index = 0; index < count; index++)
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                if (at == begin + packed || shift > 63)
                    throw window.Broken(at, $"the values end at number {index} of {count}");
                var next = window[at++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                    break;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(whole, value);
            whole[..size].CopyTo(values.AsSpan(index * size));
        }

        return at == begin + packed ? values : throw window.Broken(at, $"there are more than {count} numbers");
    }
}
