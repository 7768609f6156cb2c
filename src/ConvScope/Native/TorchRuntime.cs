using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace ConvScope.Native;

/// <summary>Loads libtorch before TorchSharp looks for it, so that a failure is one clear exception and not a trace on the console.</summary>
/// <remarks>Every entry of ConvScope calls <see cref="Load"/>; a program that uses TorchSharp before ConvScope may call it first. It is safe on any thread.</remarks>
public static class TorchRuntime
{
    private static readonly Lazy<(TorchLibrary Library, IReadOnlyDictionary<string, nint> Handles)> _loaded = new(LoadOnce);

    /// <summary>Loads libtorch once a process and says where it came from.</summary>
    /// <exception cref="TorchLoadException">Nothing could be loaded; the message says what was tried and what to install.</exception>
    public static TorchLibrary Load() => _loaded.Value.Library;

    /// <summary>
    /// Answers the runtime when it finds no native library of TorchSharp's by itself. It is asked exactly where the stock file does not load; that the answer is there before
    /// the first use of TorchSharp is what the initializer is for.
    /// </summary>
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "The answer must be registered before TorchSharp's static constructor runs.")]
    internal static void Register()
    {
        if (OperatingSystem.IsLinux())
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
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
        var loader = new TorchLoader(NativeLibrary.Load, CacheFolder.Path);
        var external = Environment.GetEnvironmentVariable(TorchLoader.Variable) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;
        var library = loader.Load(Folders(), external);
        return (library, loader.Handles);
    }

    /// <summary>Where a program's native files lie: beside it, or below <c>runtimes</c> where it is portable.</summary>
    private static string[] Folders()
    {
        var beside = new[] { AppContext.BaseDirectory, Path.GetDirectoryName(typeof(torch).Assembly.Location) ?? "" }.Where(Directory.Exists);
        string[] folders = [.. beside.SelectMany(folder => (string[])[folder, Path.Combine(folder, "runtimes", "linux-x64", "native")])];
        return [.. folders.Where(Directory.Exists).Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal)];
    }
}
