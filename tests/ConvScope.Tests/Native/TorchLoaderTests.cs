using System.Security.Cryptography;
using ConvScope.Native;

namespace ConvScope.Tests.Native;

/// <summary>The decision what is loaded, with a loader that only notes what it was asked for.</summary>
public sealed class TorchLoaderTests
{
    private const string Missing = "libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by libLibTorchSharp.so)";

    private static readonly string _stock = Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).First();

    private TemporaryFolder _folder = null!;
    private List<string> _loaded = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _loaded = [];
        Directory.CreateDirectory(_folder.File("program"));
        foreach (var name in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" })
            File.WriteAllText(_folder.File($"program/{name}"), name);
        File.Copy(_stock, _folder.File("program/libLibTorchSharp.so"));
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Load_StockThatLoads_PatchesNothing()
    {
        var library = Loader().Load([_folder.File("program")], null);
        Assert.That(library.Source, Is.EqualTo(TorchLibrarySource.Bundled));
        Assert.That(library.Description, Is.EqualTo("libtorch from the program's own files (CPU)"));
        Assert.That(_loaded, Is.EqualTo(new[] { "program/libLibTorchSharp.so" }));
        Assert.That(Directory.Exists(_folder.File("cache")), Is.False);
    }

    [Test]
    public void Load_LibstdcxxThatLacksTheVersion_LoadsTheLibrariesInOrderAndThenAPatchedCopy()
    {
        var before = SHA256.HashData(File.ReadAllBytes(_folder.File("program/libLibTorchSharp.so")));
        var loader = Loader(path => path.Contains("program/libLibTorchSharp", StringComparison.Ordinal) ? Missing : null);
        var library = loader.Load([_folder.File("program")], null);

        Assert.That(library.Source, Is.EqualTo(TorchLibrarySource.BundledPatched));
        Assert.That(library.Description, Does.EndWith("with a patched copy of libLibTorchSharp.so because libstdc++ lacks GLIBCXX_3.4.32"));
        Assert.That(_loaded.Take(4), Is.EqualTo(new[] { "program/libLibTorchSharp.so", "program/libc10.so", "program/libtorch_cpu.so", "program/libtorch.so" }));
        Assert.That(_loaded[4], Does.Match("^cache/native/libLibTorchSharp-[0-9a-f]{16}\\.so$"));
        Assert.That(loader.Handles.Keys, Is.EquivalentTo(new[] { "c10", "torch_cpu", "torch", "LibTorchSharp" }));
        Assert.That(SHA256.HashData(File.ReadAllBytes(_folder.File("program/libLibTorchSharp.so"))), Is.EqualTo(before), "the stock file");
    }

    [Test]
    public void Load_PatchedCopy_DiffersInOneByteThatIsTheWeakFlag()
    {
        Loader(path => path.Contains("program/libLibTorchSharp", StringComparison.Ordinal) ? Missing : null).Load([_folder.File("program")], null);
        byte[] stock = File.ReadAllBytes(_stock), copy = File.ReadAllBytes(_folder.File(_loaded[^1]));
        Assert.That(copy, Has.Length.EqualTo(stock.Length));
        var different = Enumerable.Range(0, stock.Length).Where(place => stock[place] != copy[place]).ToArray();
        Assert.That(different, Has.Length.EqualTo(1));
        Assert.That(copy[different[0]], Is.EqualTo(stock[different[0]] | 2));
    }

    [Test]
    public void Load_Twice_MakesTheCopyOnce()
    {
        Loader(path => path.Contains("program/libLibTorchSharp", StringComparison.Ordinal) ? Missing : null).Load([_folder.File("program")], null);
        var made = File.GetLastWriteTimeUtc(_folder.File(_loaded[^1]));
        Loader(path => path.Contains("program/libLibTorchSharp", StringComparison.Ordinal) ? Missing : null).Load([_folder.File("program")], null);
        Assert.That(Directory.GetFiles(_folder.File("cache/native")), Has.Length.EqualTo(1));
        Assert.That(File.GetLastWriteTimeUtc(_folder.File(_loaded[^1])), Is.EqualTo(made));
    }

    [Test]
    public void Prepare_ManyThreadsAtOnce_LeavesOneWholeCopy()
    {
        var copies = new string[8];
        Parallel.For(0, copies.Length, index => copies[index] = PatchedLibrary.Prepare(_stock, _folder.File("cache")));
        Assert.That(copies.Distinct().Count(), Is.EqualTo(1));
        Assert.That(Directory.GetFiles(_folder.File("cache/native")), Is.EqualTo(new[] { copies[0] }));
        Assert.That(new FileInfo(copies[0]).Length, Is.EqualTo(new FileInfo(_stock).Length));
    }

    [Test]
    public void Load_AnotherReason_SaysWhatWasTriedAndWhatToInstall()
    {
        var error = Assert.Throws<TorchLoadException>(() => Loader(_ => "libgomp.so.1: cannot open shared object file").Load([_folder.File("program")], null));
        Assert.That(error!.Message, Does.StartWith("No libtorch could be loaded. TorchSharp's native library does not load.")
            .And.Contains($"tried {_folder.File("program/libLibTorchSharp.so")}: libgomp.so.1: cannot open shared object file")
            .And.Contains("Reference the package TorchSharp-cpu (or TorchSharp-cuda-linux)").And.Contains("CONVSCOPE_LIBTORCH"));
        Assert.That(Directory.Exists(_folder.File("cache")), Is.False);
    }

    [Test]
    public void Load_NoLibtorch_NamesTheFolders()
    {
        File.Delete(_folder.File("program/libtorch_cpu.so"));
        Assert.That(Assert.Throws<TorchLoadException>(() => Loader().Load([_folder.File("program")], null))!.Message, Does.StartWith($"No libtorch could be loaded. There is no libtorch_cpu.so in {_folder.File("program")}."));
    }

    [Test]
    public void Load_NoBridge_NamesThePackages()
    {
        File.Delete(_folder.File("program/libLibTorchSharp.so"));
        Assert.That(Assert.Throws<TorchLoadException>(() => Loader().Load([_folder.File("program")], null))!.Message,
            Is.EqualTo($"TorchSharp's native library libLibTorchSharp.so is not in {_folder.File("program")}. Reference the package TorchSharp-cpu or TorchSharp-cuda-linux in the program."));
    }

    [Test]
    public void Load_ExternalFolder_LoadsItsLibrariesAndTheProgramsBridge()
    {
        Directory.CreateDirectory(_folder.File("python"));
        foreach (var name in new[] { "libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so" })
            File.Move(_folder.File("program/" + name), _folder.File("python/" + name), File.Exists(_folder.File("program/" + name)) || Make("program/" + name));
        var library = Loader().Load([_folder.File("program")], _folder.File("python"));
        Assert.That((library.Source, library.Description), Is.EqualTo((TorchLibrarySource.External, $"libtorch from '{_folder.File("python")}' (CUDA)")));
        Assert.That(_loaded, Is.EqualTo(new[] { "python/libc10.so", "python/libtorch_cpu.so", "python/libc10_cuda.so", "python/libtorch_cuda.so", "python/libtorch.so", "program/libLibTorchSharp.so" }));
    }

    [Test]
    public void Load_ExternalFolderBesideAnOwnLibtorch_IsRefused() => Assert.That(
        Assert.Throws<TorchLoadException>(() => Loader().Load([_folder.File("program")], "/elsewhere"))!.Message,
        Does.StartWith("CONVSCOPE_LIBTORCH names '/elsewhere', but this program carries a libtorch of its own").And.Contains("-p:TorchBackend=external"));

    [Test]
    public void Load_ExternalFolderWithoutLibtorch_SaysSo()
    {
        File.Delete(_folder.File("program/libtorch_cpu.so"));
        Assert.That(Assert.Throws<TorchLoadException>(() => Loader().Load([_folder.File("program")], "/elsewhere"))!.Message,
            Does.StartWith("No libtorch could be loaded. CONVSCOPE_LIBTORCH names '/elsewhere', in which there is no libtorch_cpu.so."));
    }

    [Test]
    public void Load_OnThisMachine_SaysWhereItComesFromInOneLine()
    {
        var library = TorchRuntime.Load();
        Assert.That(library.Description, Does.StartWith("libtorch ").And.Not.Contains("\n"));
        Assert.That(TorchRuntime.Load(), Is.SameAs(library));
    }

    private bool Make(string name)
    {
        File.WriteAllText(_folder.File(name), name);
        return true;
    }

    private TorchLoader Loader(Func<string, string?>? failure = null) => new(
        path =>
        {
            _loaded.Add(Path.GetRelativePath(_folder.Path, path));
            return failure?.Invoke(path) is { } message ? throw new DllNotFoundException(message) : _loaded.Count;
        },
        _folder.File("cache"));
}
