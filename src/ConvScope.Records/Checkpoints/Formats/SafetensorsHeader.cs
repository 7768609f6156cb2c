using System.Buffers.Binary;
using System.Text.Json;
using ConvScope.Records.Files;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>The checked table of contents of a safetensors file.</summary>
internal static class SafetensorsHeader
{
    /// <summary>Bytes of a header at most: the reference implementation's limit.</summary>
    public const int Largest = 100_000_000;

    private const string MetadataKey = "__metadata__";

    /// <summary>Reads the header and leaves <paramref name="stream"/> at the first value.</summary>
    /// <param name="stream">The file from its start; it knows its length.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="metadata">Gets the free text of the header; null where nobody asks.</param>
    /// <param name="leftOut">Gets the tensors whose element type is not read; null to refuse a file with such a one.</param>
    /// <returns>The entries in data order: contiguous from 0 to the end of the file, without holes or overlaps.</returns>
    public static IReadOnlyList<Entry> Read(Stream stream, string path, Dictionary<string, string>? metadata = null, List<string>? leftOut = null)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
            throw Broken(path, 0, "the file is shorter than its 8-byte header length");
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length < 2 || length > Largest || length > stream.Length - 8)
            throw Broken(path, 0, $"the header length is {length}; the file holds {stream.Length - 8} bytes after it");

        var header = new byte[length];
        stream.ReadExactly(header);
        try
        {
            using var json = JsonDocument.Parse(header);
            if (metadata is not null && json.RootElement.TryGetProperty(MetadataKey, out var texts))
            {
                foreach (var text in texts.EnumerateObject())
                    metadata[text.Name] = text.Value.GetString() ?? "";
            }

            return [.. Checked(Entries(json.RootElement, path, leftOut), stream.Length - 8 - length, path, 8 + length).Where(entry => !entry.IsLeftOut)];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException or IndexOutOfRangeException)
        {
            throw Broken(path, 8, $"the header is not what the format asks for: {exception.Message}");
        }
    }

    private static List<Entry> Entries(JsonElement root, string path, List<string>? leftOut)
    {
        var entries = new List<Entry>();
        foreach (var property in root.EnumerateObject().Where(property => property.Name != MetadataKey))
        {
            var name = property.Value.GetProperty("dtype").GetString();
            var shape = property.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64()).ToArray();
            var offsets = property.Value.GetProperty("data_offsets");
            var begin = offsets[0].GetInt64();
            var size = offsets[1].GetInt64() - begin;
            if (ElementTypes.FromSafetensorsName(name) is not { } type)
            {
                (leftOut ?? throw Broken(path, 8, $"'{property.Name}' has elements of type {name}, which is not read")).Add($"{property.Name} ({name}, {string.Join('x', shape)}): its elements are of a type that is not read");
                entries.Add(new Entry(property.Name, ElementType.UInt8, [size], begin, size < 0 ? throw Broken(path, 8, $"'{property.Name}' ends before it begins") : size, IsLeftOut: true));
                continue;
            }

            if (type == ElementType.Float4E2M1FNx2 && shape is [.., var last] && last % 2 == 0)
                shape[^1] = last / 2; // the header counts numbers; PyTorch, and we, count bytes of two
            if (size < 0 || shape.Any(length => length < 0) || shape.Aggregate((long)type.Size(), (product, length) => checked(product * length)) != size)
                throw Broken(path, 8, $"'{property.Name}' has shape [{string.Join(", ", shape)}] but {size} bytes");
            entries.Add(new Entry(property.Name, type, shape, begin, size));
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

    private static DamagedFileException Broken(string path, long offset, string what) =>
        DamagedFileException.At(path, "readable safetensors file", offset, what);

    /// <summary>Where one array lies in the data section, in bytes.</summary>
    internal sealed record Entry(string Name, ElementType Type, long[] Shape, long Begin, long Length, bool IsLeftOut = false);
}
