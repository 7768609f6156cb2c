using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>Opens NumPy's <c>.npy</c> and <c>.npz</c>: a header that is a Python dictionary of type, order and shape, then the values. Source: NEP 1 and <c>numpy/lib/format.py</c>.</summary>
internal static partial class NumpyFile
{
    private const int LargestHeader = 1 << 16;

    /// <summary>How an array file begins.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads one array; its values stay in the file.</summary>
    public static OrderedDictionary<object, object?> ReadArray(SafeFileHandle file, string path, List<string> leftOut)
    {
        using var stream = new HandleStream(file);
        var root = new OrderedDictionary<object, object?>();
        Add(root, "array", stream, path, leftOut, (begin, length) => new FileBytes(file, path, length).Place(begin));
        return root;
    }

    /// <summary>Reads the arrays of an archive; null where it holds none, and so is no such archive. Compressed ones are inflated when they are read, as far as their headers say.</summary>
    public static OrderedDictionary<object, object?>? ReadArchive(SafeFileHandle file, string path, List<string> leftOut)
    {
        try
        {
            using var archive = new ZipArchive(new HandleStream(file), ZipArchiveMode.Read);
            if (archive.Entries.Count == 0 || archive.Entries.Any(entry => !entry.FullName.EndsWith(".npy", StringComparison.Ordinal)))
                return null;
            var root = new OrderedDictionary<object, object?>();
            foreach (var (index, entry) in archive.Entries.Index())
            {
                using var content = entry.Open();
                Add(root, entry.FullName[..^4], content, path, leftOut, (begin, length) => length <= entry.Length - begin
                    ? new InflatedBytes(file, path, index, begin, length)
                    : throw DamagedFileException.At(path, "readable checkpoint", 0, $"the array '{entry.FullName}' should have {length} bytes; its entry has {entry.Length - begin}"));
            }

            return root;
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException or NotSupportedException or IndexOutOfRangeException or OverflowException)
        {
            return null; // the reader of PyTorch's archives says what is wrong
        }
    }

    private static void Add(OrderedDictionary<object, object?> root, string name, Stream stream, string path, List<string> leftOut, Func<long, long, StorageBytes> place)
    {
        Span<byte> first = stackalloc byte[12];
        var read = stream.ReadAtLeast(first, 10, throwOnEndOfStream: false);
        if (read < 10 || !first.StartsWith(Magic) || first[6] is < 1 or > 3)
            throw Broken("it does not begin as an array of NumPy");
        var start = first[6] == 1 ? 10 : 12;
        if (read < start)
            read += stream.ReadAtLeast(first[read..], start - read, throwOnEndOfStream: false);
        var length = start == 10 ? BinaryPrimitives.ReadUInt16LittleEndian(first[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(first[8..]);
        if (read < start || length < read - start || length > LargestHeader)
            throw Broken($"its header has {length} bytes; a few to {LargestHeader} are read");
        var bytes = new byte[length];
        first[start..read].CopyTo(bytes);
        if (stream.ReadAtLeast(bytes.AsSpan(read - start), (int)length - (read - start), throwOnEndOfStream: false) < length - (read - start))
            throw Broken("it ends inside its header");
        var header = Header().Match(Encoding.Latin1.GetString(bytes));
        if (!header.Success)
        {
            leftOut.Add($"{name}: an array of records or objects, which is not read");
            return;
        }

        var shape = header.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(axis => long.TryParse(axis.TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Broken("an axis is no number")).ToArray();
        if (Type(header.Groups["type"].Value) is not { } type)
        {
            leftOut.Add($"{name} ({header.Groups["type"].Value}): its elements are of a type that is not read");
            return;
        }

        try
        {
            var size = shape.Aggregate((long)type.Size(), (product, axis) => checked(product * axis));
            var storage = place(start + length, size);
            var strides = StoredTensor.RowMajor(shape, null);
            if (header.Groups["fortran"].Value == "True")
                strides = [.. StoredTensor.RowMajor([.. shape.Reverse()], null).Reverse()];
            root[name] = new StoredTensor(name, type, shape, strides, 0, storage);
        }
        catch (Exception exception) when (exception is OverflowException or InvalidDataException)
        {
            throw Broken(exception.Message.TrimEnd('.'));
        }

        DamagedFileException Broken(string fault) => DamagedFileException.At(path, "readable checkpoint", 0, $"of the array '{name}', {fault}");
    }

    /// <summary>The element type of NumPy's name; null for another, and for values in the other byte order.</summary>
    private static ElementType? Type(string name) => name switch
    {
        "<f4" => ElementType.Float32,
        "<f8" => ElementType.Float64,
        "<f2" => ElementType.Float16,
        "|u1" or "<u1" => ElementType.UInt8,
        "|i1" or "<i1" => ElementType.Int8,
        "|b1" => ElementType.Bool,
        "<i2" => ElementType.Int16,
        "<i4" => ElementType.Int32,
        "<i8" => ElementType.Int64,
        "<u2" => ElementType.UInt16,
        "<u4" => ElementType.UInt32,
        "<u8" => ElementType.UInt64,
        "<c8" => ElementType.Complex64,
        "<c16" => ElementType.Complex128,
        _ => null,
    };

    [GeneratedRegex(@"^\{'descr': '(?<type>[^']{1,20})', 'fortran_order': (?<fortran>True|False), 'shape': \((?<shape>[0-9L, ]{0,2000})\),? *\} *\n?$", RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
