using System.Buffers.Binary;
using System.Text;
using ConvScope.Native;

namespace ConvScope.Tests.Native;

public sealed class ElfSymbolsTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Find_SymbolsOfALibrary_GivesTheirValuesAndLeavesOutWhatIsNotThere()
    {
        File.WriteAllBytes(_folder.File("lib.so"), Library(["alpha", "alphabet", "beta"]));
        var found = ElfSymbols.Find(_folder.File("lib.so"), ["beta", "alpha", "alph", "gamma"]);
        Assert.That(found, Is.EquivalentTo(new Dictionary<string, long> { ["alpha"] = 0x1_0000_0000, ["beta"] = 0x1_0000_0002 }));
    }

    [Test]
    public void Find_MoreNamesThanAPiece_FindsThoseAcrossTheBorder()
    {
        string[] names = [.. Enumerable.Range(0, 150_000).Select(index => $"symbol_number_{index}")];
        File.WriteAllBytes(_folder.File("lib.so"), Library(names));
        foreach (var index in new[] { 0, 55_000, 110_001, 149_999 })
            Assert.That(ElfSymbols.Find(_folder.File("lib.so"), [names[index]]), Contains.Key(names[index]).WithValue(0x1_0000_0000 + index));
    }

    [Test]
    public void Find_StrippedLibrary_FindsNothing()
    {
        var stripped = Library(["alpha"]);
        stripped[64 + 64 + 4] = 1; // the table's section is no symbol table
        File.WriteAllBytes(_folder.File("lib.so"), stripped);
        Assert.That(ElfSymbols.Find(_folder.File("lib.so"), ["alpha"]), Is.Empty);
    }

    [Test]
    public void Find_EveryLengthOfATruncatedLibrary_SaysThatItIsNone()
    {
        var whole = Library(["alpha", "beta"]);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder.File("lib.so"), whole[..length]);
            Assert.That(() => ElfSymbols.Find(_folder.File("lib.so"), ["beta"]), Throws.TypeOf<BadImageFormatException>(), $"{length} bytes");
        }
    }

    /// <summary>A header, three sections (none, symbols, their names), the symbols, the names.</summary>
    private static byte[] Library(string[] names)
    {
        const int Header = 64, Section = 64, Symbol = 24;
        var strings = Encoding.ASCII.GetBytes($"\0{string.Join('\0', names)}\0");
        int table = Header + 3 * Section, text = table + names.Length * Symbol;
        var file = new byte[text + strings.Length];
        "\u007fELF\u0002\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(0x28), Header);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3A), Section);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3C), 3);
        Describe(file.AsSpan(Header + Section), type: 2, table, names.Length * Symbol, link: 2);
        Describe(file.AsSpan(Header + 2 * Section), type: 3, text, strings.Length, link: 0);
        var place = 1;
        for (var index = 0; index < names.Length; index++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(table + index * Symbol), place);
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(table + index * Symbol + 8), 0x1_0000_0000 + index);
            place += names[index].Length + 1;
        }

        strings.CopyTo(file, text);
        return file;
    }

    private static void Describe(Span<byte> section, int type, long offset, long size, int link)
    {
        BinaryPrimitives.WriteInt32LittleEndian(section[4..], type);
        BinaryPrimitives.WriteInt64LittleEndian(section[0x18..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(section[0x20..], size);
        BinaryPrimitives.WriteInt32LittleEndian(section[0x28..], link);
    }
}
