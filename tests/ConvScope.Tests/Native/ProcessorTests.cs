using ConvScope.Native;

namespace ConvScope.Tests.Native;

public sealed class ProcessorTests
{
    private const int AmdCaches = unchecked((int)0x8000001D), HighestExtended = unchecked((int)0x80000000);

    // What a virtual EPYC of family 26 answers where its caches are shown.
    private static readonly (int, int, int)[] _shown =
        [(0x121, 0x02c0003f, 0x3f), (0x122, 0x01c0003f, 0x3f), (0x143, 0x03c0003f, 0x3ff), (0x4163, 0x03c0003f, 0x7fff)];

    [Test]
    public void Read_AmdThatShowsItsCaches_HidesNothing()
    {
        var processor = Processor.Read(Answers("AuthenticAMD", _shown));
        Assert.That((processor.Vendor, processor.Signature, processor.HidesCaches), Is.EqualTo(("AuthenticAMD", 0x00b00f21, false)));
        Assert.That(processor.Caches, Has.Count.EqualTo(4));
        Assert.That(processor.ToString(), Is.EqualTo(
            "AuthenticAMD 00b00f21 caches 00000121:02c0003f:0000003f 00000122:01c0003f:0000003f 00000143:03c0003f:000003ff 00004163:03c0003f:00007fff"));
    }

    [Test]
    public void Read_AmdWithAnEmptyLeaf_HidesItsCaches() => Assert.That(Processor.Read(Answers("AuthenticAMD", [])).HidesCaches, Is.True);

    [Test]
    public void Read_AmdWithoutTheLeaf_HidesItsCaches() =>
        Assert.That(Processor.Read(Answers("AuthenticAMD", _shown, highest: unchecked((int)0x80000008))).HidesCaches, Is.True);

    [Test]
    public void Read_AmdWithACacheOfOneByte_HidesItsCaches() =>
        Assert.That(Processor.Read(Answers("AuthenticAMD", [(0x121, 0, 0), .. _shown[1..]])).HidesCaches, Is.True);

    [TestCase("GenuineIntel")]
    [TestCase("HygonGenuine")]
    public void Read_AnotherVendorWithoutCaches_HidesNothingThatMatters(string vendor) =>
        Assert.That(Processor.Read(Answers(vendor, [])).HidesCaches, Is.False, "oneDNN guesses there");

    [Test]
    public void Read_EndlessCaches_Ends() => Assert.That(Processor.Read(Answers("AuthenticAMD", [.. Enumerable.Repeat(_shown[0], 1000)])).Caches, Has.Count.EqualTo(8));

    private static Func<int, int, (int, int, int, int)> Answers(string vendor, (int A, int B, int C)[] caches, int highest = unchecked((int)0x80000021)) => (leaf, subleaf) =>
    {
        int Letters(int start) => BitConverter.ToInt32([.. vendor.Skip(start).Take(4).Select(letter => (byte)letter)]);
        return leaf switch
        {
            0 => (28, Letters(0), Letters(8), Letters(4)),
            1 => (0x00b00f21, 0, 0, 0),
            HighestExtended => (highest, 0, 0, 0),
            4 or AmdCaches when subleaf < caches.Length => (caches[subleaf].A, caches[subleaf].B, caches[subleaf].C, 0),
            _ => (0, 0, 0, 0),
        };
    };
}
