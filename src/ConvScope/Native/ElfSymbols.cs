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
        try
        {
            var header = Read(file, 0, 64);
            if (!header.AsSpan().StartsWith("\u007fELF\u0002\u0001"u8))
                throw new BadImageFormatException($"'{path}' is no 64-bit little-endian ELF library.");
            int size = UInt16(header, 0x3A), count = UInt16(header, 0x3C);
            var sections = Read(file, Int64(header, 0x28), size * count);
            for (var section = 0; section < count; section++)
            {
                var entry = sections.AsSpan(section * size, size);
                if (BinaryPrimitives.ReadInt32LittleEndian(entry[4..]) != SymbolTable)
                    continue;
                var strings = sections.AsSpan(BinaryPrimitives.ReadInt32LittleEndian(entry[0x28..]) * size, size);
                var offsets = FindNames(file, Int64(strings, 0x18), Int64(strings, 0x20), names);
                return FindValues(file, Int64(entry, 0x18), Int64(entry, 0x20), offsets);
            }

            return new Dictionary<string, long>();
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or EndOfStreamException or OverflowException)
        {
            throw new BadImageFormatException($"'{path}' is no whole ELF library: an offset lies outside it.", exception);
        }
    }

    /// <summary>Where names stand in a table of strings.</summary>
    private static Dictionary<uint, string> FindNames(FileStream file, long start, long length, IReadOnlyCollection<string> names)
    {
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

    private static Dictionary<string, long> FindValues(FileStream file, long start, long length, Dictionary<uint, string> offsets)
    {
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
