using ConvScope.Native;

namespace ConvScope.Tests.Native;

/// <summary>The reader of a library's needed versions meets files that are none.</summary>
public sealed class VersionNeedsTests
{
    private static readonly byte[] _library = File.ReadAllBytes(Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).First());

    [Test]
    public void Weaken_VersionThatIsNotNeeded_GivesNothing() => Assert.That(VersionNeeds.Weaken(_library, "GLIBCXX_9.9"), Is.Null);

    [Test]
    public void Weaken_VersionThatIsOnlyABeginning_GivesNothing() => Assert.That(VersionNeeds.Weaken(_library, "GLIBCXX_3.4.3"), Is.Null);

    [Test]
    public void Weaken_AWeakenedLibrary_ChangesNothingMore()
    {
        var once = VersionNeeds.Weaken(_library, PatchedLibrary.Version)!;
        Assert.That(VersionNeeds.Weaken(once, PatchedLibrary.Version), Is.EqualTo(once));
    }

    [Test]
    public void Weaken_NoLibrary_SaysSo() =>
        Assert.That(Assert.Throws<BadImageFormatException>(() => VersionNeeds.Weaken("#!/bin/sh"u8, PatchedLibrary.Version))!.Message, Is.EqualTo("The file is no 64-bit little-endian ELF library."));

    [Test]
    public void Weaken_TruncatedAnywhere_GivesAnErrorOrNothing()
    {
        foreach (var length in Enumerable.Range(0, 100).Concat(Enumerable.Range(1, 60).Select(part => (int)((long)_library.Length * part / 61))))
            AssertHarmless(_library.AsSpan(0, length).ToArray(), $"cut at {length}");
    }

    [Test]
    public void Weaken_FlippedBits_GivesAnErrorOrNothing()
    {
        var random = new Random(5);
        var header = _library[..64];
        var sections = (int)BitConverter.ToUInt64(header, 0x28);
        for (var round = 0; round < 200; round++)
        {
            var damaged = _library.ToArray();
            for (var flip = 0; flip < 3; flip++)
                damaged[round % 2 == 0 ? random.Next(64) : sections + random.Next(damaged.Length - sections)] ^= (byte)(1 << random.Next(8));
            AssertHarmless(damaged, $"round {round}");
        }
    }

    private static void AssertHarmless(byte[] file, string what)
    {
        try
        {
            var copy = VersionNeeds.Weaken(file, PatchedLibrary.Version);
            Assert.That(copy, Is.Null.Or.Length.EqualTo(file.Length), what);
        }
        catch (BadImageFormatException)
        {
            // said so
        }
    }
}
