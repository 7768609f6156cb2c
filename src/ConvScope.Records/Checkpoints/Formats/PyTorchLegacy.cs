using System.Globalization;
using System.Numerics;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Checkpoints.Pickle;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>
/// Opens the format of <c>torch.save</c> before PyTorch 1.6: four pickles (magic number, version, machine, objects), one with the storages' keys, then each storage's length and bytes.
/// </summary>
internal static class PyTorchLegacy
{
    private const long Version = 1001;
    private static readonly BigInteger _magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Reads the objects, and what Python would call for them; the storages stay in the file.</summary>
    /// <exception cref="DamagedFileException">The file is damaged, or its tensors ask for what none needs.</exception>
    public static (object? Root, IReadOnlyList<PickleCall> Calls) Read(SafeFileHandle file, string path)
    {
        using var stream = new BufferedStream(new HandleStream(file), 1 << 16);
        var input = new PickleInput(stream, path, 0, Math.Min(stream.Length, PyTorchZip.LargestPickle));
        var calls = new List<PickleCall>();

        if (Next(NoStorage) is not BigInteger magic || magic != _magic)
            throw DamagedFileException.At(path, "readable checkpoint", 0, "the pickle does not begin with PyTorch's magic number; it is no file of torch.save");
        if (Next(NoStorage) is not Version)
            throw input.Broken($"the format's version is not {Version}");
        if (Next(NoStorage) is not OrderedDictionary<object, object?> machine || (machine.TryGetValue("little_endian", out var little) && little is not true))
            throw input.Broken("the file does not say that its values are little-endian");

        var storages = new Dictionary<string, (PickleStorage Storage, FileBytes Bytes)>(StringComparer.Ordinal);
        var root = Next(identifier => Storage(identifier, storages, file, input));
        if (Next(NoStorage) is not IReadOnlyList<object?> keys)
            throw input.Broken("the list of storages is missing");
        PlaceStorages(keys, storages, new HandleStream(file) { Position = input.Position }, input);
        return (root, calls);

        object? Next(Func<object?[], PickleStorage> storageOf)
        {
            var reader = new PickleReader(input, storageOf);
            var value = reader.Read();
            calls.AddRange(reader.Calls);
            return value;
        }

        PickleStorage NoStorage(object?[] identifier) => throw input.Broken("a storage is referred to where none may be");
    }

    private static PickleStorage Storage(object?[] identifier, Dictionary<string, (PickleStorage Storage, FileBytes Bytes)> storages, SafeFileHandle file, PickleInput input)
    {
        if (identifier is not ["storage", PickleGlobal { Type: { } type }, string key, string, long count, var view] || count < 0 || count > long.MaxValue / type.Size())
            throw input.Broken("the pickle refers to something that is no storage");
        if (!storages.TryGetValue(key, out var known))
        {
            var bytes = new FileBytes(file, input.Path, Math.Min(count * type.Size(), long.MaxValue));
            storages[key] = known = (new PickleStorage(type, bytes), bytes);
        }

        if (view is null)
            return known.Storage;
        if (view is not object?[] { Length: 3 } part || part is not [string, long begin, long length] || begin < 0 || length < 0 || begin > count - length)
            throw input.Broken($"a view of storage '{key}' reaches beyond it");
        return new PickleStorage(type, new SubBytes(known.Bytes, begin * type.Size(), length * type.Size()));
    }

    private static void PlaceStorages(IReadOnlyList<object?> keys, Dictionary<string, (PickleStorage Storage, FileBytes Bytes)> storages, HandleStream stream, PickleInput input)
    {
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        foreach (var key in keys)
        {
            if (key is not string name || !storages.TryGetValue(name, out var storage))
                throw input.Broken("the list of storages names one that no tensor uses");
            if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
                throw DamagedFileException.At(input.Path, "readable checkpoint", stream.Position, $"the file ends before storage '{name}'");
            var count = BitConverter.ToInt64(prefix);
            if (count != storage.Bytes.Length / storage.Storage.Type!.Value.Size())
                throw DamagedFileException.At(input.Path, "readable checkpoint", stream.Position - sizeof(long), $"storage '{name}' has {count} elements where the objects say {storage.Bytes.Length / storage.Storage.Type.Value.Size()}");
            storage.Bytes.Place(stream.Position);
            stream.Position += storage.Bytes.Length;
        }

        if (storages.FirstOrDefault(storage => !storage.Value.Bytes.IsPlaced).Key is { } missing)
            throw DamagedFileException.At(input.Path, "readable checkpoint", stream.Position, $"storage '{missing}' is missing");
    }
}
