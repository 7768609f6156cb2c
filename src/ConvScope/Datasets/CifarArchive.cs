using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ConvScope.Records.Checkpoints.Pickle;
using ConvScope.Records.Files;

namespace ConvScope.Datasets;

/// <summary>
/// Reads an archive of CIFAR, a tar, packed with gzip or not, in the binary or the Python form; which one is told from the content. Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, and its page.
/// </summary>
internal sealed class CifarArchive(string path, CifarFormat format)
{
    private const long LargestMember = 1 << 28;
    private readonly Dictionary<string, CifarMember> _images = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _names = new(StringComparer.Ordinal); // by the key of the Python form

    /// <summary>Reads images and class names.</summary>
    /// <param name="members">Files of the images, in order.</param>
    /// <param name="labelKind">Which of the labels to take.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DamagedFileException">The archive is damaged, truncated or something else; the message names it, the file in it and the reason.</exception>
    public ImageSet Read(IReadOnlyList<string> members, int labelKind)
    {
        try
        {
            ReadMembers(members);
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException or InvalidDataException)
        {
            throw Broken($"it is truncated, damaged, or no tar archive ({exception.Message.TrimEnd('.')})", exception);
        }

        if (members.FirstOrDefault(member => !_images.ContainsKey(member)) is { } missing)
            throw Broken($"it has no file '{missing}' or '{missing}.bin'");
        if (!_names.TryGetValue(format.NameKeys[labelKind], out var names))
            throw Broken($"it has no class names, '{format.MetaMember}' or '{format.NameMembers[labelKind]}'");
        foreach (var member in members)
        {
            var labels = _images[member].Labels[labelKind];
            if (Array.FindIndex(labels, label => label >= names.Length) is var outside and >= 0)
                throw Broken($"image {outside} of '{member}' has label {labels[outside]}; there are {names.Length} classes");
        }

        return new ImageSet(
            format.Name, Joined([.. members.Select(member => _images[member].Pixels)]), Joined([.. members.Select(member => _images[member].Labels[labelKind])]), 3, 32, 32, names);
    }

    private static byte[] Joined(byte[][] parts)
    {
        var joined = new byte[parts.Sum(part => part.Length)];
        var end = 0;
        foreach (var part in parts)
        {
            part.CopyTo(joined, end);
            end += part.Length;
        }

        return joined;
    }

    private void ReadMembers(IReadOnlyList<string> members)
    {
        using var file = File.Exists(path) ? File.OpenRead(path) : throw new FileNotFoundException($"There is no archive '{path}'.", path);
        var isPacked = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        using var content = isPacked ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
        using var reader = new TarReader(content);
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry is { DataStream: { } data, EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile })
                ReadMember(entry.Name, data, entry.Length, members);
        }
    }

    private void ReadMember(string name, Stream data, long length, IReadOnlyList<string> members)
    {
        var file = name[(name.LastIndexOf('/') + 1)..];
        var plain = file.EndsWith(".bin", StringComparison.Ordinal) ? file[..^4] : file;
        if (!members.Contains(plain) && file != format.MetaMember && !format.NameMembers.Contains(file))
            return;
        if (length > LargestMember)
            throw Broken($"'{name}' has {length} bytes; at most {LargestMember} are read");
        try
        {
            using var buffered = new BufferedStream(data, 1 << 16);
            if (members.Contains(plain))
                _images[plain] = file == plain ? CifarMember.FromDictionary(Unpickled(name, buffered, length), format.LabelKeys) : CifarMember.FromBinary(Bytes(buffered, length), format.LabelKeys.Count);
            else if (file == format.MetaMember)
                ReadNames(Unpickled(name, buffered, length));
            else
                _names[format.NameKeys[format.NameMembers.Index().First(member => member.Item == file).Index]] = Lines(Bytes(buffered, length));
        }
        catch (InvalidDataException exception)
        {
            throw Broken($"'{name}' cannot be read: {exception.Message}", exception);
        }
    }

    private void ReadNames(IReadOnlyDictionary<object, object?> meta)
    {
        foreach (var key in format.NameKeys)
        {
            _names[key] = meta.GetValueOrDefault(key) is IReadOnlyList<object?> names && names.All(name => name is string)
                ? [.. names.Cast<string>()]
                : throw new InvalidDataException($"its entry '{key}' is no list of names");
        }
    }

    private IReadOnlyDictionary<object, object?> Unpickled(string name, BufferedStream data, long length)
    {
        var input = new PickleInput(data, $"{path}!/{name}", 0, length, "file of CIFAR");
        var reader = new PickleReader(input, _ => throw input.Broken("the pickle refers to a storage"), PickleDialect.Arrays);
        return reader.Read() as IReadOnlyDictionary<object, object?> ?? throw new InvalidDataException("it holds no dictionary");
    }

    private static byte[] Bytes(BufferedStream data, long length)
    {
        var bytes = new byte[length];
        data.ReadExactly(bytes);
        return bytes;
    }

    private static string[] Lines(byte[] text) => Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private DamagedFileException Broken(string what, Exception? inner = null) => new(path, $"'{path}' is not a readable archive of {format.Name}: {what}.", inner);
}
