using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Onnx;

/// <summary>Reads the tensors of an ONNX file, whose values lie in one of several fields of theirs, or in a file beside.</summary>
/// <param name="file">The file.</param>
/// <param name="window">The same file, for its small fields.</param>
/// <param name="beside">Gets the files beside it that were opened.</param>
internal sealed class OnnxTensors(SafeFileHandle file, FileWindow window, List<IDisposable> beside)
{
    private const int MostAxes = 64;
    private const int MostFiles = 100;

    // What holds the values where they are not raw: floats, numbers of 32 bits, of 64 bits, 64-bit floats, unsigned numbers.
    private const int Floats = 4, Numbers = 5, Longs = 7, Raw = 9, Doubles = 10, Unsigned = 11;

    private static readonly Dictionary<long, (ElementType Type, int Field)> _types = new()
    {
        [1] = (ElementType.Float32, Floats), [2] = (ElementType.UInt8, Numbers), [3] = (ElementType.Int8, Numbers), [4] = (ElementType.UInt16, Numbers), [5] = (ElementType.Int16, Numbers), [6] = (ElementType.Int32, Numbers),
        [7] = (ElementType.Int64, Longs), [9] = (ElementType.Bool, Numbers), [10] = (ElementType.Float16, Numbers), [11] = (ElementType.Float64, Doubles), [12] = (ElementType.UInt32, Unsigned), [13] = (ElementType.UInt64, Unsigned),
        [14] = (ElementType.Complex64, Floats), [15] = (ElementType.Complex128, Doubles), [16] = (ElementType.BFloat16, Numbers), [17] = (ElementType.Float8E4M3FN, Numbers), [18] = (ElementType.Float8E4M3FNUZ, Numbers),
        [19] = (ElementType.Float8E5M2, Numbers), [20] = (ElementType.Float8E5M2FNUZ, Numbers), [24] = (ElementType.Float8E8M0FNU, Numbers),
    };

    private readonly Dictionary<string, SafeFileHandle> _files = new(StringComparer.Ordinal);

    /// <summary>Reads one tensor.</summary>
    /// <returns>Its name; the tensor, or why it is not read.</returns>
    /// <exception cref="DamagedFileException">The message is malformed, or the values do not fit the shape.</exception>
    public (string Name, StoredTensor? Tensor, string Reason) Read(WireReader message, long at)
    {
        var (name, type, location) = ("", 0L, 0L);
        var dims = new List<long>();
        var values = new Dictionary<int, (long Begin, long Length, int Pieces)>();
        var external = new Dictionary<string, string>(StringComparer.Ordinal);
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1:
                    message.Numbers(dims, MostAxes);
                    break;
                case 2 when message.Wire == 0:
                    type = (long)message.Number;
                    break;
                case 8 when message.Wire == 2:
                    name = message.Text();
                    break;
                case 13 when message.Wire == 2 && external.Count < 10:
                    Pair(external, message.Message());
                    break;
                case 14 when message.Wire == 0:
                    location = (long)message.Number;
                    break;
                case Floats or Numbers or Longs or Raw or Doubles or Unsigned:
                    values[message.Field] = (message.Begin, message.Length, values.GetValueOrDefault(message.Field).Pieces + (message.Wire == 2 ? 1 : 2));
                    break;
            }
        }

        if (!_types.TryGetValue(type, out var known))
            return (name, null, $"elements of ONNX type {type}, which are not read");
        try
        {
            Int128 bytes = dims.Aggregate((Int128)known.Type.Size(), (product, axis) => axis < 0 || product > long.MaxValue ? -1 : product * axis);
            if (bytes < 0 || bytes > long.MaxValue)
                throw window.Broken(at, $"the tensor '{name}' has shape [{string.Join(", ", dims)}]");
            if (location == 1)
                return (name, StoredTensor.Of(name, known.Type, [.. dims], Outside(name, external, (long)bytes, at)), "");
            var field = values.ContainsKey(Raw) ? Raw : known.Field;
            if (!values.TryGetValue(field, out var found))
                return bytes == 0 ? (name, StoredTensor.Of(name, known.Type, [.. dims], new MemoryBytes(Array.Empty<byte>())), "") : throw window.Broken(at, $"the tensor '{name}' has no values");
            if (found.Pieces > 1)
                return (name, null, "values that are not packed, which are not read");
            return (name, StoredTensor.Of(name, known.Type, [.. dims], Storage(name, known.Type, field, found.Begin, found.Length, (long)bytes)), "");
        }
        catch (InvalidDataException exception)
        {
            throw window.Broken(at, $"of the tensor '{name}', {exception.Message.TrimEnd('.')}");
        }
    }

    private StorageBytes Storage(string name, ElementType type, int field, long begin, long length, long bytes)
    {
        if (field is Numbers or Longs or Unsigned)
            return new VarintBytes(window.Path, file, begin, length, type, bytes / type.Size());
        return length == bytes
            ? new FileBytes(file, window.Path, length).Place(begin)
            : throw window.Broken(begin, $"the tensor '{name}' should have {bytes} bytes; it has {length}");
    }

    /// <summary>Values in a file beside: its name, and where in it they begin.</summary>
    private FileBytes Outside(string name, Dictionary<string, string> external, long bytes, long at)
    {
        var location = external.GetValueOrDefault("location", "");
        if (location.Length == 0 || location is "." or ".." || location.AsSpan().ContainsAny('/', '\\', '\0'))
            throw window.Broken(at, $"the values of '{name}' lie in '{location}', which is no file beside it");
        var begin = 0L;
        if (external.TryGetValue("offset", out var offset) && !long.TryParse(offset, System.Globalization.CultureInfo.InvariantCulture, out begin))
            throw window.Broken(at, $"the values of '{name}' begin at '{offset}'");
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(window.Path))!, location);
        if (!_files.TryGetValue(location, out var other))
        {
            if (!File.Exists(path) || _files.Count == MostFiles)
                throw window.Broken(at, $"the file '{location}' with the values of '{name}' is not beside it");
            _files[location] = other = File.OpenHandle(path, options: FileOptions.RandomAccess);
            beside.Add(other);
        }

        return new FileBytes(other, path, bytes).Place(begin);
    }

    private static void Pair(Dictionary<string, string> pairs, WireReader message)
    {
        var (key, value) = ("", "");
        while (message.Next())
        {
            if (message.IsBytes(1))
                key = message.Text();
            else if (message.IsBytes(2))
                value = message.Text();
        }

        pairs[key] = value;
    }
}
