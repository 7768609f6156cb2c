using System.IO.Compression;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Checkpoints.Pickle;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>Opens the zip format that <c>torch.save</c> writes since PyTorch 1.6: <c>data.pkl</c> and one stored entry a storage.</summary>
internal static class PyTorchZip
{
    /// <summary>Bytes of a pickle at most: a network of a hundred thousand tensors needs a fifth of it.</summary>
    public const long LargestPickle = 64 << 20;

    private const string Pickle = "/data.pkl";

    /// <summary>Reads the objects, and what Python would call for them; the storages stay in the file.</summary>
    /// <exception cref="DamagedFileException">The file is damaged, compressed, or its tensors ask for what none needs.</exception>
    public static (object? Root, IReadOnlyList<PickleCall> Calls) Read(SafeFileHandle file, string path)
    {
        try
        {
            using var stream = new HandleStream(file);
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            var entries = archive.Entries.DistinctBy(entry => entry.FullName, StringComparer.Ordinal).ToDictionary(entry => entry.FullName, StringComparer.Ordinal);
            var pickles = entries.Keys.Where(name => name.EndsWith(Pickle, StringComparison.Ordinal) && name.IndexOf('/', StringComparison.Ordinal) == name.Length - Pickle.Length).ToList();
            if (pickles.Count != 1)
                throw DamagedFileException.At(path, "readable checkpoint", 0, $"the archive holds {pickles.Count} entries '<name>{Pickle}' where a PyTorch file has one; it is no file of torch.save");
            var root = pickles[0][..^Pickle.Length];
            if (entries.TryGetValue($"{root}/byteorder", out var order) && Text(order, stream, path) is var written && written != "little")
                throw DamagedFileException.At(path, "readable checkpoint", 0, $"the values are written in byte order '{written}'; little is read");

            var storages = new Dictionary<string, PickleStorage>(StringComparer.Ordinal);
            var begin = Begin(entries[pickles[0]], stream, path);
            using var pickle = entries[pickles[0]].Open();
            var input = new PickleInput(pickle, path, begin, Math.Min(entries[pickles[0]].Length, LargestPickle));
            var reader = new PickleReader(input, identifier => Storage(identifier, storages, key => entries.GetValueOrDefault($"{root}/data/{key}"), file, stream, input));
            return (reader.Read(), reader.Calls);
        }
        catch (Exception exception) when (exception is not DamagedFileException && exception is InvalidDataException or IOException or ArgumentException or NotSupportedException or IndexOutOfRangeException or OverflowException)
        {
            throw DamagedFileException.At(path, "readable checkpoint", RandomAccess.GetLength(file), $"the zip archive's directory cannot be read; the file may be cut off ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    private static PickleStorage Storage(
        object?[] identifier, Dictionary<string, PickleStorage> storages, Func<string, ZipArchiveEntry?> find, SafeFileHandle file, HandleStream stream, PickleInput input)
    {
        if (identifier is not ["storage", PickleGlobal type, string key, string, long count] || count < 0)
            throw input.Broken("the pickle refers to something that is no storage");
        if (storages.TryGetValue(key, out var known))
            return known;
        if (find(key) is not { } entry)
            throw input.Broken($"the archive lacks storage '{key}'");
        var size = type.Type?.Size() ?? 1;
        if (count > long.MaxValue / size || entry.Length < count * size)
            throw input.Broken($"storage '{key}' should hold {count} elements of {size} bytes; its entry holds {entry.Length} bytes");
        var bytes = new FileBytes(file, input.Path, count * size).Place(count == 0 ? 0 : Begin(entry, stream, input.Path));
        return storages[key] = new PickleStorage(type.Type, bytes);
    }

    /// <summary>Where an entry's bytes begin in the file: after its first byte was read, the stream stands one further.</summary>
    private static long Begin(ZipArchiveEntry entry, HandleStream stream, string path)
    {
        if (entry.CompressedLength != entry.Length)
            throw DamagedFileException.At(path, "readable checkpoint", 0, $"the entry '{entry.FullName}' is compressed; torch.save stores its entries, and only those are read");
        using var content = entry.Open();
        return content.ReadByte() < 0 ? 0 : stream.Position - 1;
    }

    private static string Text(ZipArchiveEntry entry, HandleStream stream, string path)
    {
        Begin(entry, stream, path);
        using var reader = new StreamReader(entry.Open());
        var text = new char[16];
        return new string(text, 0, reader.ReadBlock(text, 0, text.Length));
    }
}
