using System.Buffers.Binary;
using System.Text;

namespace ConvScope.Native;

/// <summary>
/// Reads and changes the symbol versions that a 64-bit little-endian ELF library needs (section <c>.gnu.version_r</c>). Every offset is checked against the file.
/// Source: the ELF-64 object file format, and "Symbol Versioning" in the Linux Standard Base.
/// </summary>
internal static class VersionNeeds
{
    private const uint SectionType = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2; // VER_FLG_WEAK: a missing version is no error

    /// <summary>Marks a needed version as weak: the loader then accepts a machine that lacks it. One byte of the copy differs from the original.</summary>
    /// <param name="library">The library's bytes; not changed.</param>
    /// <param name="version">The version, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>The changed copy; null where the library does not need the version.</returns>
    /// <exception cref="BadImageFormatException">The bytes are no such library, or end too early.</exception>
    public static byte[]? Weaken(ReadOnlySpan<byte> library, string version)
    {
        try
        {
            if (Find(library, version) is not { } entry)
                return null;
            var copy = library.ToArray();
            BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(entry + 4), (ushort)(UInt16(copy, entry + 4) | Weak));
            return copy;
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new BadImageFormatException("The file is no whole 64-bit ELF library: an offset lies outside it.", exception);
        }
    }

    /// <summary>Offset of the entry (<c>Elf64_Vernaux</c>) of a version.</summary>
    private static int? Find(ReadOnlySpan<byte> file, string version)
    {
        if (!file.StartsWith("\u007fELF\u0002\u0001"u8))
            throw new BadImageFormatException("The file is no 64-bit little-endian ELF library.");
        var sections = Offset(file, 0x28);
        int size = UInt16(file, 0x3A), count = UInt16(file, 0x3C);
        for (var i = 0; i < count; i++)
        {
            var section = checked(sections + i * size);
            if (Int32(file, section + 4) != unchecked((int)SectionType))
                continue;
            var names = Offset(file, checked(sections + Int32(file, section + 0x28) * size + 0x18));
            return FindEntry(file, Offset(file, section + 0x18), Int32(file, section + 0x2C), names, Encoding.ASCII.GetBytes(version));
        }

        return null;
    }

    private static int? FindEntry(ReadOnlySpan<byte> file, int need, int needs, int names, byte[] version)
    {
        for (var i = 0; i < needs; i++)
        {
            var entry = checked(need + Int32(file, need + 8));
            for (int j = 0, entries = UInt16(file, need + 2); j < entries; j++)
            {
                var name = file[checked(names + Int32(file, entry + 8))..];
                if (name.StartsWith(version) && name[version.Length] == 0)
                    return entry;
                entry = checked(entry + Int32(file, entry + 12));
            }

            need = checked(need + Int32(file, need + 12));
        }

        return null;
    }

    private static int Offset(ReadOnlySpan<byte> file, int at) => checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file[at..]));

    private static int Int32(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file[at..]);

    private static ushort UInt16(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);
}
