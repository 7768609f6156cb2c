using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using ConvScope.Native.Kernels;
using TorchSharp;

namespace ConvScope.Native;

/// <summary>Loads libtorch before TorchSharp looks for it, so that a failure is one clear exception and not a trace on the console.</summary>
/// <remarks>Every entry of ConvScope calls <see cref="Load"/>; a program that uses TorchSharp before ConvScope may call it first. It is safe on any thread.</remarks>
public static class TorchRuntime
{
    private static readonly Lazy<(TorchLibrary Library, IReadOnlyDictionary<string, nint> Handles)> _loaded = new(LoadOnce);
    private static readonly Lazy<TorchLibrary> _checked = new(Check); // apart: checking uses TorchSharp, which asks for what was loaded

    /// <summary>Loads libtorch once a process, sees to it that its CPU kernels compute right numbers, and says where it came from and which kernels they are.</summary>
    /// <remarks>
    /// The kernels are compared with 64-bit floats once a machine, in about a tenth of a second; the answer is kept in the cache folder. Where a hypervisor hides the sizes of the caches, oneDNN is told usual ones;
    /// where kernels are wrong for another reason, oneDNN is switched off.
    /// </remarks>
    /// <exception cref="TorchLoadException">
    /// Nothing could be loaded, and the message says what was tried and what to install; or the kernels are wrong whatever is done.
    /// </exception>
    public static TorchLibrary Load() => _checked.Value;

    /// <summary>Loads libtorch and leaves its kernels as they are: for who looks at them itself.</summary>
    internal static TorchLibrary LoadUnchecked() => _loaded.Value.Library;

    /// <summary>
    /// Answers the runtime when it finds no native library of TorchSharp's by itself. It is asked exactly where the stock file does not load; that the answer is there before
    /// the first use of TorchSharp is what the initializer is for.
    /// </summary>
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "The answer must be registered before TorchSharp's static constructor runs.")]
    internal static void Register()
    {
        if (!OperatingSystem.IsLinux())
            return;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
        if (External() is null)
            return;
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => LoadBefore(loaded.LoadedAssembly);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            LoadBefore(assembly);
    }

    /// <summary>
    /// The libtorch that the user names is loaded as soon as TorchSharp's assembly is, and before it does anything: by itself it takes any libtorch that the system finds by name, such as a distribution's older one.
    /// </summary>
    private static void LoadBefore(Assembly assembly)
    {
        if (assembly.GetName().Name != "TorchSharp")
            return;
        try
        {
            LoadUnchecked();
        }
        catch (TorchLoadException)
        {
            // thrown again where ConvScope is asked for something
        }
    }

    private static nint Resolve(Assembly assembly, string name)
    {
        if (assembly != typeof(torch).Assembly || name is not ("LibTorchSharp" or "torch_cpu" or "torch_cuda"))
            return 0;
        return _loaded.Value.Handles.GetValueOrDefault(name);
    }

    private static (TorchLibrary Library, IReadOnlyDictionary<string, nint> Handles) LoadOnce()
    {
        if (!OperatingSystem.IsLinux())
            return (new TorchLibrary(TorchLibrarySource.Bundled, "", "libtorch as the operating system finds it"), new Dictionary<string, nint>());
        KeptMemory.Keep();
        var loader = new TorchLoader(NativeLibrary.Load, CacheFolder.Path);
        var external = External();
        var folders = Folders();
        CheckNobodyWasFirst(external is null ? folders : [external]);
        var library = loader.Load(folders, external);
        var fit = LibtorchFit.Look(loader.BridgeFile, [NativeLibrary.Load(Path.Combine(library.Folder, "libtorch_cpu.so")), .. loader.Handles.Values]);
        return (library with { Version = fit.Version, Warning = fit.Warning }, loader.Handles);
    }

    private static string? External() => Environment.GetEnvironmentVariable(TorchLoader.Variable) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>One process can hold one libtorch.</summary>
    private static void CheckNobodyWasFirst(IReadOnlyList<string> folders)
    {
        if (MappedLibrary.Find(File.ReadAllText("/proc/self/maps"), "libtorch_cpu.so") is not { } mapped)
            return;
        if (folders.All(folder => MappedLibrary.Canonical(Path.Combine(folder, "libtorch_cpu.so")) != mapped))
        {
            throw new TorchLoadException($"This process has loaded the libtorch '{mapped}' already, because TorchSharp was used before ConvScope; ConvScope expects the one in "
                + $"{string.Join(" or ", folders)}. Call {nameof(TorchRuntime)}.{nameof(Load)}() as the program's first statement.");
        }
    }

    private static TorchLibrary Check()
    {
        var library = LoadUnchecked();
        var file = OperatingSystem.IsWindows() ? "torch_cpu" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : Path.Combine(library.Folder, "libtorch_cpu.so");
        _ = torch.get_num_threads(); // whatever system this is, the library is loaded now
        _ = LateScalars.AreOn;
        var handle = NativeLibrary.Load(file, typeof(torch).Assembly, null);
        var context = new TorchContext(handle);
        context.SetNnpack(false); // an older library for convolutions; where it cannot start it prints a warning a call
        var processor = Processor.Current();
        bool Apply(KernelCure cure) => cure switch
        {
            KernelCure.None => true,
            KernelCure.CacheSizes => OneDnnCaches.Find(file, handle) is { AreInUse: false } caches && caches.Tell(),
            _ => context.SetOneDnn(false),
        };
        var guard = new KernelGuard(processor.HidesCaches, Apply, () => new KernelCheck().FirstFault(KernelGrid.Small), KernelMemory.For(file, processor));
        return library with { Kernels = guard.Decide().Describe(OneDnnLimit.Value) };
    }

    /// <summary>Where a program's native files lie: beside it, or below <c>runtimes</c> where it is portable.</summary>
    private static string[] Folders()
    {
        var beside = new[] { AppContext.BaseDirectory, Path.GetDirectoryName(typeof(torch).Assembly.Location) ?? "" }.Where(Directory.Exists);
        string[] folders = [.. beside.SelectMany(folder => (string[])[folder, Path.Combine(folder, "runtimes", "linux-x64", "native")])];
        return [.. folders.Where(Directory.Exists).Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal)];
    }
}
