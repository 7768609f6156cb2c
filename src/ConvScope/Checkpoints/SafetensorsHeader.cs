using System.Buffers.Binary;
using System.Text.Json;

namespace ConvScope.Checkpoints;

/// <summary>The checked table of contents of a safetensors file.</summary>
internal static class SafetensorsHeader
{
    /// <summary>Reads the header and leaves <paramref name="stream"/> at the first value.</summary>
    /// <returns>The entries in data order: contiguous from 0 to the end of the file, without holes or overlaps.</returns>
    public static IReadOnlyList<Entry> Read(Stream stream, string path, int largestHeader)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
            throw Broken(path, 0, "the file is shorter than its 8-byte header length");
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length < 2 || length > largestHeader || length > stream.Length - 8)
            throw Broken(path, 0, $"the header length is {length}; the file holds {stream.Length - 8} bytes after it");

        var header = new byte[length];
        stream.ReadExactly(header);
        try
        {
            using var json = JsonDocument.Parse(header);
            return Checked(Entries(json.RootElement, path), stream.Length - 8 - length, path, 8 + length);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw Broken(path, 8, $"the header is not what the format asks for: {exception.Message}");
        }
    }

    private static List<Entry> Entries(JsonElement root, string path)
    {
        var entries = new List<Entry>();
        foreach (var property in root.EnumerateObject().Where(property => property.Name != "__metadata__"))
        {
            var type = property.Value.GetProperty("dtype").GetString();
            if (type != "F32")
                throw Broken(path, 8, $"'{property.Name}' has elements of type {type}; F32 is read here");
            var shape = property.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64()).ToArray();
            var offsets = property.Value.GetProperty("data_offsets");
            var begin = offsets[0].GetInt64();
            var size = offsets[1].GetInt64() - begin;
            if (shape.Any(length => length < 0) || shape.Aggregate(4L, (product, length) => checked(product * length)) != size)
                throw Broken(path, 8, $"'{property.Name}' has shape [{string.Join(", ", shape)}] but {size} bytes");
            entries.Add(new Entry(property.Name, shape, begin, size));
        }

        return entries;
    }

    private static List<Entry> Checked(List<Entry> entries, long available, string path, long dataStart)
    {
        // An empty array shares its offset with the one behind it: it comes first.
        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.Length.CompareTo(b.Length));
        var next = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != next)
                throw Broken(path, dataStart + next, $"'{entry.Name}' starts at data offset {entry.Begin} where {next} was expected");
            next = checked(entry.Begin + entry.Length);
        }

        if (next != available)
            throw Broken(path, dataStart + Math.Min(next, available), $"the header describes {next} bytes of data; the file holds {available}");
        if (entries.Select(entry => entry.Name).Distinct(StringComparer.Ordinal).Count() != entries.Count)
            throw Broken(path, 8, "a tensor name occurs twice");
        return entries;
    }

    private static InvalidDataException Broken(string path, long offset, string what) =>
        new($"'{path}' is not a readable safetensors file: at byte {offset}, {what}.");

    /// <summary>Where one array lies in the data section, in bytes.</summary>
    internal sealed record Entry(string Name, long[] Shape, long Begin, long Length);
}
