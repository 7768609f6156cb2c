using System.Runtime.InteropServices;
using ConvScope.Native;

namespace ConvScope.Tests.Native;

[Platform("Linux")]
public sealed class LibtorchFitTests
{
    private static string Bridge => Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).First();

    [TestCase(0x02_0A_00_00_00000000UL, "2.10.0")]
    [TestCase(0x02_0B_01_00_00000000UL, "2.11.1")]
    public void Decode_Number_IsTheVersion(ulong number, string version) => Assert.That(LibtorchFit.Decode(number).ToString(), Is.EqualTo(version));

    [Test]
    public void Look_LibtorchOfThisProgram_Fits()
    {
        var library = TorchRuntime.Load();
        Assert.That((library.Version, library.Warning), Is.EqualTo((new Version(2, 10, 0), (string?)null)));
    }

    [Test]
    public void Look_LibtorchWithEveryFunctionButNoVersion_SaysSo()
    {
        var whole = NativeLibrary.Load(Path.Combine(TorchRuntime.Load().Folder, "libtorch_cpu.so"));
        var needed = ElfSymbols.FindNeeded(Bridge);
        Assert.That(needed, Has.Count.GreaterThan(1000).And.Some.StartsWith("_ZN2at4_ops"));
        Assert.That(needed.Where(name => !NativeLibrary.TryGetExport(whole, name, out _)), Is.SubsetOf(new[] { "_ZSt21ios_base_library_initv" }), "what it needs is there");
        Assert.That(new LibtorchFit(new Version(2, 11, 0), [], needed.Count).Warning, Is.EqualTo(
            "This is libtorch 2.11.0; TorchSharp was built for 2.10. It has every function that TorchSharp calls; whether they do the same, only a run can tell."));
    }

    [Test]
    public void Look_LibraryThatLacksFunctions_CountsAndNamesThem()
    {
        var fit = LibtorchFit.Look(Bridge, [NativeLibrary.Load("libc.so.6")]);
        Assert.That(fit.Version, Is.Null);
        Assert.That(fit.Missing, Has.Some.StartsWith("_ZN2at4_ops"));
        Assert.That(fit.Warning, Does.Match(@"^This is libtorch of an unknown version; TorchSharp was built for 2\.10\. It lacks \d+ of the \d+ functions that TorchSharp calls, such as .+: a call of one ends the process\.$"));
    }

    [Test]
    public void Find_MemoryWithTwoLibraries_GivesThePathOfTheOneThatIsAskedFor()
    {
        const string Maps = """
            7f00-7f10 r--p 00000000 fe:00 123    /usr/lib/x86_64-linux-gnu/libc.so.6
            7f20-7f30 r-xp 00000000 fe:00 124    /opt/two words/lib/libtorch_cpu.so
            7f40-7f50 rw-p 00000000 00:00 0
            7f60-7f70 r--p 00000000 fe:00 125    /old/libtorch.so (deleted)
            """;
        Assert.That(MappedLibrary.Find(Maps, "libtorch_cpu.so"), Is.EqualTo("/opt/two words/lib/libtorch_cpu.so"));
        Assert.That(MappedLibrary.Find(Maps, "libtorch.so"), Is.EqualTo("/old/libtorch.so"));
        Assert.That(MappedLibrary.Find(Maps, "libc10.so"), Is.Null);
    }

    [Test]
    public void Canonical_FileBehindLinks_IsWhatTheSystemListsItAs()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("real"));
        File.WriteAllText(folder.File("real/lib.so"), "");
        Directory.CreateSymbolicLink(folder.File("link"), folder.File("real"));
        Assert.That(MappedLibrary.Canonical(folder.File("link/lib.so")), Is.EqualTo(MappedLibrary.Canonical(folder.File("real/lib.so"))).And.EndsWith("real/lib.so"));
        Assert.That(MappedLibrary.Canonical(folder.File("link/none.so")), Is.Null);
    }

    [Test]
    public void Load_TorchSharpUsedFirstWhereTheSystemHasAnotherLibtorch_IsTheOneThatTheUserNames()
    {
        using var folder = new TemporaryFolder();
        var libtorch = TorchRuntime.Load().Folder;
        Directory.CreateDirectory(folder.File("app"));
        Directory.CreateDirectory(folder.File("system"));
        File.Copy(Bridge, folder.File("app/libLibTorchSharp.so"));
        File.Copy(Path.Combine(libtorch, "libc10.so"), folder.File("system/libtorch_cpu.so")); // loads, and is not libtorch
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => file.EndsWith(".dll", StringComparison.Ordinal) || file.EndsWith(".runtimeconfig.json", StringComparison.Ordinal)))
            File.Copy(file, folder.File($"app/{Path.GetFileName(file)}"));
        var environment = new Dictionary<string, string> { ["CONVSCOPE_LIBTORCH"] = libtorch, ["LD_LIBRARY_PATH"] = folder.File("system") };
        var lines = FreshProcess.Run(folder.File("app/ConvScope.Tests.dll"), environment, "kernels", KernelProgram.TorchFirst);
        Assert.That(lines, Is.EqualTo(new[] { $"libtorch from '{libtorch}' (CPU)" }));
    }
}
