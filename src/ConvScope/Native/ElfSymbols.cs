using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ConvScope.Native;

/// <summary>
/// Finds symbols, local ones too, in the full symbol table (<c>.symtab</c>) of a 64-bit little-endian ELF library. It is read piece by piece: the table of libtorch has 440,000 symbols and 80 MB of names.
/// Source: the ELF-64 object file format.
/// </summary>
internal static class ElfSymbols
{
    private const int Piece = 1 << 20;
    private const int SymbolTable = 2; // SHT_SYMTAB
    private const int DynamicSymbolTable = 11; // SHT_DYNSYM
    private const int GlobalBinding = 1; // STB_GLOBAL
    private const int SymbolSize = 24;

    /// <summary>Values of symbols: addresses counted from where the library is loaded.</summary>
    /// <param name="path">The library.</param>
    /// <param name="names">Names as the linker knows them.</param>
    /// <returns>Those that were found; none for a stripped library.</returns>
    /// <exception cref="BadImageFormatException">The file is no such library, or ends too early.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, long> Find(string path, IReadOnlyCollection<string> names)
    {
        using var file = File.OpenRead(path);
        return InTable(file, SymbolTable, (symbols, strings) => FindValues(file, symbols, FindNames(file, strings, names)))
            ?? new Dictionary<string, long>();
    }

    /// <summary>Names that a library needs from others (<c>.dynsym</c>), but those that may be missing.</summary>
    /// <inheritdoc cref="Find" path="/exception" />
    public static IReadOnlyList<string> FindNeeded(string path)
    {
        using var file = File.OpenRead(path);
        return InTable(file, DynamicSymbolTable, (symbols, strings) =>
        {
            byte[] table = Read(file, symbols.Start, checked((int)symbols.Length)), names = Read(file, strings.Start, checked((int)strings.Length));
            return Enumerable.Range(0, table.Length / SymbolSize)
                .Select(index => table.AsMemory(index * SymbolSize, SymbolSize))
                .Where(symbol => UInt16(symbol.Span, 6) == 0 && symbol.Span[4] >> 4 == GlobalBinding) // defined elsewhere, and not weak
                .Select(symbol => Name(names, BinaryPrimitives.ReadInt32LittleEndian(symbol.Span)))
                .ToList();
        }) ?? [];
    }

    /// <summary>Looks into the first table of a kind; null where the library has none.</summary>
    private static T? InTable<T>(FileStream file, int kind, Func<(long Start, long Length), (long Start, long Length), T> look)
        where T : class
    {
        try
        {
            var header = Read(file, 0, 64);
            if (!header.AsSpan().StartsWith("\u007fELF\u0002\u0001"u8))
                throw new BadImageFormatException($"'{file.Name}' is no 64-bit little-endian ELF library.");
            int size = UInt16(header, 0x3A), count = UInt16(header, 0x3C);
            var sections = Read(file, Int64(header, 0x28), size * count);
            (long, long) Place(int section) => (Int64(sections.AsSpan(section * size, size), 0x18), Int64(sections.AsSpan(section * size, size), 0x20));
            for (var section = 0; section < count; section++)
            {
                var entry = sections.AsSpan(section * size, size);
                if (BinaryPrimitives.ReadInt32LittleEndian(entry[4..]) == kind)
                    return look(Place(section), Place(BinaryPrimitives.ReadInt32LittleEndian(entry[0x28..])));
            }

            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or EndOfStreamException or OverflowException)
        {
            throw new BadImageFormatException($"'{file.Name}' is no whole ELF library: an offset lies outside it.", exception);
        }
    }

    private static string Name(ReadOnlySpan<byte> names, int at)
    {
        var name = names[at..];
        return Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]);
    }

    /// <summary>Where names stand in a table of strings.</summary>
    private static Dictionary<uint, string> FindNames(FileStream file, (long Start, long Length) table, IReadOnlyCollection<string> names)
    {
        var (start, length) = table;
        var wanted = names.Select(name => (Name: name, Bytes: Encoding.ASCII.GetBytes($"\0{name}\0"))).ToList();
        var overlap = wanted.Max(name => name.Bytes.Length);
        var found = new Dictionary<uint, string>();
        for (long place = 0; place < length && found.Count < names.Count; place += Piece)
        {
            var piece = Read(file, start + place, (int)Math.Min(Piece + overlap, length - place));
            foreach (var (name, bytes) in wanted)
            {
                if (piece.AsSpan().IndexOf(bytes) is >= 0 and var at)
                    found[checked((uint)(place + at + 1))] = name;
            }
        }

        return found;
    }

    private static Dictionary<string, long> FindValues(FileStream file, (long Start, long Length) table, Dictionary<uint, string> offsets)
    {
        var (start, length) = table;
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        const int Step = Piece / SymbolSize * SymbolSize;
        for (long place = 0; place < length && values.Count < offsets.Count; place += Step)
        {
            var words = MemoryMarshal.Cast<byte, uint>(Read(file, start + place, (int)Math.Min(Step, length - place)));
            for (var word = 0; word + SymbolSize / 4 <= words.Length; word += SymbolSize / 4)
            {
                if (offsets.TryGetValue(words[word], out var name)) // st_name; st_value stands 8 bytes further
                    values[name] = words[word + 2] | ((long)words[word + 3] << 32);
            }
        }

        return values;
    }

    private static byte[] Read(FileStream file, long offset, int length)
    {
        var bytes = new byte[length];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static long Int64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
