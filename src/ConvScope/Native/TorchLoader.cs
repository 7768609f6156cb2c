using System.Runtime.InteropServices;

namespace ConvScope.Native;

/// <summary>Decides which native files are loaded, in which order, and does so.</summary>
/// <param name="load">Loads a library by its path; throws <see cref="DllNotFoundException"/> with the loader's message.</param>
/// <param name="cache">Where a patched copy is kept.</param>
internal sealed class TorchLoader(Func<string, nint> load, string cache)
{
    /// <summary>Name of the environment variable that names a libtorch on this machine.</summary>
    public const string Variable = "CONVSCOPE_LIBTORCH";

    private const string Bridge = "libLibTorchSharp.so";

    // In this order: each needs those before it. The CUDA libraries register themselves only when they are loaded by hand.
    private static readonly string[] _libraries = ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    private readonly List<string> _tried = [];

    /// <summary>Handles of what was loaded, by the names under which TorchSharp asks for them.</summary>
    public Dictionary<string, nint> Handles { get; } = new(StringComparer.Ordinal);

    /// <summary>File of TorchSharp's native library; empty before it was looked for.</summary>
    public string BridgeFile { get; private set; } = "";

    /// <summary>Loads libtorch and TorchSharp's library.</summary>
    /// <param name="folders">Folders of the program in which native files may lie, best first.</param>
    /// <param name="external">The folder of another libtorch; null for the program's own.</param>
    /// <exception cref="TorchLoadException">Nothing could be loaded; the message says what was tried and what to install.</exception>
    public TorchLibrary Load(IReadOnlyList<string> folders, string? external)
    {
        var own = folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "libtorch_cpu.so")));
        if (external is not null)
            return LoadExternal(folders, external, own);
        var bridge = Find(folders);
        if (own is null)
            throw Failure($"There is no libtorch_cpu.so in {string.Join(" or ", folders)}.");

        if (TryLoad(bridge) is not { } message)
            return new TorchLibrary(TorchLibrarySource.Bundled, own, $"libtorch from the program's own files ({Backend(own)})");
        if (!PatchedLibrary.IsCureFor(message))
            throw Failure("TorchSharp's native library does not load.");
        LoadLibraries(own);
        LoadPatched(bridge);
        return new TorchLibrary(TorchLibrarySource.BundledPatched, own,
            $"libtorch from the program's own files ({Backend(own)}), with a patched copy of {Bridge} because libstdc++ lacks {PatchedLibrary.Version}");
    }

    private TorchLibrary LoadExternal(IReadOnlyList<string> folders, string external, string? own)
    {
        if (own is not null)
        {
            throw new TorchLoadException($"{Variable} names '{external}', but this program carries a libtorch of its own in '{own}', and one process can hold only one. "
                + $"Build the program with -p:TorchBackend=external, or unset {Variable}.");
        }

        if (!File.Exists(Path.Combine(external, "libtorch_cpu.so")))
            throw Failure($"{Variable} names '{external}', in which there is no libtorch_cpu.so.");
        LoadLibraries(external);
        var bridge = Find(folders);
        if (TryLoad(bridge) is { } message)
        {
            if (!PatchedLibrary.IsCureFor(message))
                throw Failure($"TorchSharp's native library does not load with the libtorch in '{external}'; it needs libtorch 2.10.");
            LoadPatched(bridge);
        }

        return new TorchLibrary(TorchLibrarySource.External, external, $"libtorch from '{external}' ({Backend(external)})");
    }

    private void LoadLibraries(string folder)
    {
        foreach (var path in _libraries.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            if (TryLoad(path) is not null)
                throw Failure("libtorch itself does not load.");
        }
    }

    private void LoadPatched(string bridge)
    {
        string copy;
        try
        {
            copy = PatchedLibrary.Prepare(bridge, cache);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            throw Failure($"This machine's libstdc++ lacks {PatchedLibrary.Version}, and the patched copy could not be made in '{cache}': {exception.Message} Let {CacheFolder.Variable} name a folder that can be written.");
        }

        if (TryLoad(copy) is not null)
            throw Failure("The patched copy of TorchSharp's native library does not load.");
    }

    private string Find(IReadOnlyList<string> folders) => BridgeFile = folders.Select(folder => Path.Combine(folder, Bridge)).FirstOrDefault(File.Exists)
        ?? throw new TorchLoadException($"TorchSharp's native library {Bridge} is not in {string.Join(" or ", folders)}. Reference the package TorchSharp-cpu or TorchSharp-cuda-linux in the program.");

    /// <summary>Loads one file and keeps its handle; the loader's message where that fails.</summary>
    private string? TryLoad(string path)
    {
        try
        {
            var name = Path.GetFileNameWithoutExtension(path)["lib".Length..];
            Handles[name.StartsWith("LibTorchSharp", StringComparison.Ordinal) ? "LibTorchSharp" : name] = load(path);
            return null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            _tried.Add($"{path}: {exception.Message}");
            return exception.Message;
        }
    }

    private TorchLoadException Failure(string reason) => new(
        $"""
        No libtorch could be loaded. {reason}
        {string.Join(Environment.NewLine, _tried.Select(line => $"  tried {line}"))}
        Reference the package TorchSharp-cpu (or TorchSharp-cuda-linux) in the program, in this repository with -p:TorchBackend=cpu or cuda, or build with
        -p:TorchBackend=external and let {Variable} name the folder of a libtorch 2.10, such as torch/lib of a Python install. This process is {RuntimeInformation.RuntimeIdentifier}.
        """);

    private static string Backend(string folder) => File.Exists(Path.Combine(folder, "libtorch_cuda.so")) ? "CUDA" : "CPU";
}
