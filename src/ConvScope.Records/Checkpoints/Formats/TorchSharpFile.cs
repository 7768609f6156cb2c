using System.Text;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Files;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>
/// Reads and writes TorchSharp's own files, <c>Module.save</c> and <c>Module.load</c>, mostly <c>.dat</c> or <c>.tsm</c>, without libtorch: the number of tensors; of each its name, type and axes, then the little-endian values. All
/// numbers are in base 128. Source: TorchSharp's <c>NN/Module.cs</c> and <c>TensorExtensionMethods.cs</c>.
/// </summary>
/// <remarks>The files begin with no magic number and carry no checksum: one is recognised by being read to exactly its end.</remarks>
public static class TorchSharpFile
{
    private const int MostTensors = 1 << 15;
    private const int LongestName = 4096;
    private const int MostAxes = 64;

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The element types by TorchSharp's numbers.</summary>
    private static readonly Dictionary<long, ElementType> _types = new()
    {
        [0] = ElementType.UInt8, [1] = ElementType.Int8, [2] = ElementType.Int16, [3] = ElementType.Int32, [4] = ElementType.Int64, [5] = ElementType.Float16, [6] = ElementType.Float32, [7] = ElementType.Float64,
        [8] = ElementType.Complex32, [9] = ElementType.Complex64, [10] = ElementType.Complex128, [11] = ElementType.Bool, [15] = ElementType.BFloat16,
    };

    /// <summary>Writes tensors as <c>Module.load</c> of TorchSharp reads them, beside <paramref name="path"/> and renamed.</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="tensors">Tensors with distinct names; written in the given order.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or TorchSharp has no such element type.</exception>
    public static void Write(string path, IReadOnlyList<StoredTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.GroupBy(tensor => tensor.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
            throw new ArgumentException($"The name '{twice}' is given twice.", nameof(tensors));
        WholeFile.Write(path, stream =>
        {
            Number(stream, tensors.Count);
            foreach (var tensor in tensors)
            {
                var name = _utf8.GetBytes(tensor.Name);
                Number(stream, name.Length);
                stream.Write(name);
                Number(stream, NumberOf(tensor));
                Number(stream, tensor.Shape.Count);
                foreach (var axis in tensor.Shape)
                    Number(stream, axis);
                tensor.Contiguous().CopyTo(stream);
            }
        });
    }

    /// <summary>Reads the table of a file that ends where the last tensor does.</summary>
    /// <param name="stream">The file, or an entry of an archive, from its start.</param>
    /// <param name="length">Its length.</param>
    /// <param name="place">Gives the bytes from one place on, so many.</param>
    /// <returns>The tensors by name, in the file's order; null where this is no such file.</returns>
    internal static OrderedDictionary<object, object?>? Read(Stream stream, long length, Func<long, long, StorageBytes> place)
    {
        var input = new Input(stream);
        if (input.Number() is not (>= 0 and <= MostTensors and var count))
            return null;
        var root = new OrderedDictionary<object, object?>();
        for (var i = 0L; i < count; i++)
        {
            if (Name(input) is not { } name || root.ContainsKey(name) || Tensor(input, name, length, place) is not { } tensor)
                return null;
            root[name] = tensor;
        }

        return input.Position == length ? root : null;
    }

    /// <summary>Reads one tensor without a name, as <c>Tensor.Save</c> writes it; null where this is no such file.</summary>
    internal static StoredTensor? ReadTensor(Stream stream, long length, Func<long, long, StorageBytes> place)
    {
        var input = new Input(stream);
        return Tensor(input, "tensor", length, place) is { } tensor && input.Position == length ? tensor : null;
    }

    private static string? Name(Input input)
    {
        if (input.Number() is not (> 0 and <= LongestName and var length) || input.Bytes((int)length) is not { } bytes)
            return null;
        try
        {
            return _utf8.GetString(bytes) is var name && name.Any(char.IsControl) ? null : name;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static StoredTensor? Tensor(Input input, string name, long length, Func<long, long, StorageBytes> place)
    {
        if (input.Number() is not { } number || !_types.TryGetValue(number, out var type) || input.Number() is not (>= 0 and <= MostAxes and var axes))
            return null;
        var shape = new long[axes];
        Int128 size = type.Size();
        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (input.Number() is not (>= 0 and var entries))
                return null;
            shape[axis] = entries;
            size *= entries;
            if (size > length)
                return null;
        }

        var begin = input.Position;
        return size <= length - begin && input.Skip((long)size) ? StoredTensor.Of(name, type, shape, place(begin, (long)size)) : null;
    }

    private static long NumberOf(StoredTensor tensor)
    {
        foreach (var (number, type) in _types)
        {
            if (type == tensor.Type)
                return number;
        }

        throw new ArgumentException($"'{tensor.Name}' has elements of type {tensor.Type.TorchName()}, which TorchSharp's files do not hold.", nameof(tensor));
    }

    private static void Number(Stream stream, long value)
    {
        for (; value > 0x7f; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }

    /// <summary>Reads forwards and knows where it is; a stream of a zip entry does not.</summary>
    private sealed class Input(Stream stream)
    {
        private byte[]? _scratch;

        public long Position { get; private set; }

        /// <summary>A number in base 128, lowest digit first; null where there is none of at most 63 bits.</summary>
        public long? Number()
        {
            var value = 0L;
            for (var shift = 0; shift < 63; shift += 7)
            {
                var next = stream.ReadByte();
                if (next < 0)
                    return null;
                Position++;
                value |= (long)(next & 0x7f) << shift;
                if (next < 0x80)
                    return value;
            }

            return null;
        }

        public byte[]? Bytes(int count)
        {
            var bytes = new byte[count];
            Position += count;
            return stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false) == count ? bytes : null;
        }

        public bool Skip(long count)
        {
            Position += count;
            if (stream.CanSeek)
            {
                stream.Seek(count, SeekOrigin.Current);
                return true;
            }

            _scratch ??= new byte[1 << 16];
            while (count > 0 && stream.Read(_scratch, 0, (int)Math.Min(count, _scratch.Length)) is > 0 and var read)
                count -= read;
            return count == 0;
        }
    }
}
