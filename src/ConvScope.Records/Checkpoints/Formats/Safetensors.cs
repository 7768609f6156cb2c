using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Files;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>
/// Writes safetensors files of 32-bit floats, and reads files of any floats and integers as such: an 8-byte little-endian header length, a JSON header, then the raw
/// little-endian values. Source: the format's README in huggingface/safetensors.
/// </summary>
/// <remarks>The file is hostile until proven otherwise: every offset is checked against the file before a value is read.</remarks>
public static class Safetensors
{
    private const string MetadataKey = "__metadata__";

    /// <summary>Writes tensors of any element type that the format has, beside <paramref name="path"/> and renamed.</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="tensors">Tensors with distinct names; written in the given order.</param>
    /// <param name="metadata">Free text kept in the header; null for none.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or the format has no such element type.</exception>
    public static void WriteTensors(string path, IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensors);
        WholeFile.Write(path, stream => Write(stream, tensors, metadata));
    }

    /// <summary>Writes <paramref name="arrays"/> beside <paramref name="path"/> and renames, so that a reader never sees half a file.</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="arrays">Arrays with distinct names; written in the given order.</param>
    /// <param name="metadata">Free text kept in the header; null for none.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a shape does not fit its values.</exception>
    public static void Write(string path, IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        WriteTensors(path, Tensors(arrays), metadata);
    }

    /// <summary>Bytes of the file that <see cref="WriteTensors"/> makes.</summary>
    /// <exception cref="ArgumentException">As there.</exception>
    internal static long Length(IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        sizeof(long) + Header(tensors, metadata).Length + tensors.Sum(tensor => tensor.Type.Size() * tensor.Count);

    /// <summary>Reads every array of a file into memory, in the order in which their data lie.</summary>
    /// <param name="path">A safetensors file; elements of other types become 32-bit floats. <see cref="Checkpoint"/> reads them as they are.</param>
    /// <returns>The arrays, owned by the caller.</returns>
    /// <exception cref="DamagedFileException">The file is truncated, malformed, or holds an unknown element type; the message names file and offset.</exception>
    public static IReadOnlyList<NamedArray> Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Names and shapes of a file's arrays, in the order in which their data lie; no value is read.</summary>
    /// <exception cref="DamagedFileException">As for <see cref="Read(string)"/>.</exception>
    public static IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> ReadShapes(string path)
    {
        using var stream = File.OpenRead(path);
        return [.. SafetensorsHeader.Read(stream, path).Select(entry => (entry.Name, (IReadOnlyList<long>)entry.Shape))];
    }

    /// <summary>Reads one array and nothing else.</summary>
    /// <returns>The array; null where the file holds none of that name.</returns>
    /// <exception cref="DamagedFileException">As for <see cref="Read(string)"/>.</exception>
    public static NamedArray? Read(string path, string name)
    {
        using var stream = File.OpenRead(path);
        if (SafetensorsHeader.Read(stream, path).FirstOrDefault(entry => entry.Name == name) is not { } entry)
            return null;
        stream.Seek(entry.Begin, SeekOrigin.Current); // the header leaves the stream at the first value
        return Read(stream, entry);
    }

    /// <summary>Writes the same bytes to a stream.</summary>
    internal static void Write(Stream stream, IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in tensors)
            tensor.Contiguous().CopyTo(stream);
    }

    /// <summary>The tensors of a file that is in memory already.</summary>
    /// <param name="file">The whole file; the tensors refer to it.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="DamagedFileException">The file is malformed; the message names it and the offset.</exception>
    public static IReadOnlyList<StoredTensor> ReadTensors(byte[] file, string name)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var stream = new MemoryStream(file, writable: false);
        var entries = SafetensorsHeader.Read(stream, name);
        var data = file.AsMemory((int)stream.Position);
        return [.. entries.Select(entry => StoredTensor.Of(entry.Name, entry.Type, entry.Shape, new MemoryBytes(data.Slice((int)entry.Begin, (int)entry.Length))))];
    }

    /// <summary>Reads from the start of a stream that knows its length; <paramref name="name"/> stands in messages.</summary>
    internal static IReadOnlyList<NamedArray> Read(Stream stream, string name)
    {
        var entries = SafetensorsHeader.Read(stream, name);
        var arrays = new List<NamedArray>(entries.Count);
        foreach (var entry in entries)
            arrays.Add(Read(stream, entry));
        return arrays;
    }

    private static NamedArray Read(Stream stream, SafetensorsHeader.Entry entry)
    {
        var values = new float[entry.Length / entry.Type.Size()];
        if (entry.Type == ElementType.Float32)
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        }
        else
        {
            var bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            ElementTypes.ToFloats(entry.Type, bytes, values);
        }

        return new NamedArray(entry.Name, entry.Shape, values);
    }

    private static byte[] Header(IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            WriteEntries(json, tensors);
            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' '); // the data section starts at a multiple of eight
        return buffer.ToArray();
    }

    private static void WriteEntries(Utf8JsonWriter json, IReadOnlyList<StoredTensor> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name) || tensor.Name == MetadataKey)
                throw new ArgumentException($"The name '{tensor.Name}' is given twice or reserved.", nameof(tensors));

            var end = offset + tensor.Count * tensor.Type.Size();
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.Type.SafetensorsName() ?? throw new ArgumentException($"'{tensor.Name}' has elements of type {tensor.Type.TorchName()}, which safetensors does not hold.", nameof(tensors)));
            json.WriteStartArray("shape");
            foreach (var (axis, length) in tensor.Shape.Index())
                json.WriteNumberValue(tensor.Type == ElementType.Float4E2M1FNx2 && axis == tensor.Shape.Count - 1 ? 2 * length : length);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(end);
            json.WriteEndArray();
            json.WriteEndObject();
            offset = end;
        }
    }

    /// <summary>Arrays as tensors, whose shapes fit their values.</summary>
    /// <exception cref="ArgumentException">A shape does not.</exception>
    internal static IReadOnlyList<StoredTensor> Tensors(IReadOnlyList<NamedArray> arrays)
    {
        if (arrays.FirstOrDefault(array => array.Shape.Aggregate(1L, (product, length) => checked(product * length)) != array.Values.Length) is { } misfit)
            throw new ArgumentException($"'{misfit.Name}' has shape {misfit.ShapeText} and {misfit.Values.Length} values.", nameof(arrays));
        return [.. arrays.Select(StoredTensor.Of)];
    }
}
