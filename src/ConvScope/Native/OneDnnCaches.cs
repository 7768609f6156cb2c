using System.Runtime.InteropServices;

namespace ConvScope.Native;

/// <summary>
/// What oneDNN, inside libtorch, believes of the processor's caches. Where a hypervisor hides them it believes in caches of 1 byte and computes wrong convolutions; told sizes that are usual, as later versions
/// of it guess them, it is right and as fast as ever.
/// </summary>
/// <remarks>
/// The place is <c>dnnl::impl::cpu::x64::cpu()</c>, an <c>Xbyak::util::Cpu</c>. It is found by name in the library's symbol table and written to only if every field there is what the same object holds on a
/// machine with hidden caches. Who writes checks the kernels afterwards. Sources: oneDNN 3.7.1, src/cpu/platform.cpp (<c>get_per_core_cache_size</c> and its <c>guess</c>) and xbyak_util.h; oneDNN issue 5313.
/// </remarks>
internal sealed unsafe class OneDnnCaches
{
    /// <summary>Fields of the object that are looked at, in 32-bit words.</summary>
    public const int Words = 28;

    private const string Object = "_ZZN4dnnl4impl3cpu3x643cpuEvE4cpu_";
    private const string Guard = "_ZGVZN4dnnl4impl3cpu3x643cpuEvE4cpu_";
    private const string Function = "_ZN4dnnl4impl3cpu3x643cpuEv";
    private const string Exported = "_ZN2at13globalContextEv";
    private const int Sizes = 7, Sharing = 17, Levels = 27; // places of dataCacheSize_, coresSharingDataCache_, dataCacheLevels_
    private const int Implausible = 1024; // bytes; no first-level cache is as small

    private static readonly int[] _usual = [32 << 10, 512 << 10, 1 << 20]; // bytes a core, as oneDNN guesses

    private readonly nint _object, _function;

    private OneDnnCaches(nint guard, nint place, nint function)
    {
        (_object, _function) = (place, function);
        AreInUse = *(byte*)guard != 0; // the compiler's mark that the object has been made
    }

    /// <summary>Whether oneDNN had looked at the processor before this was found: what it has prepared since stays as it is.</summary>
    public bool AreInUse { get; }

    /// <summary>What oneDNN holds now; it looks at the processor now if it never did.</summary>
    public Span<int> State
    {
        get
        {
            var place = ((delegate* unmanaged<nint>)_function)();
            return place == _object ? new Span<int>((void*)place, Words) : [];
        }
    }

    /// <summary>Finds the place in a library that is loaded.</summary>
    /// <param name="path">File of <c>torch_cpu</c>.</param>
    /// <param name="library">Its handle.</param>
    /// <returns>Null where it cannot be found: another platform, a stripped library, another oneDNN.</returns>
    public static OneDnnCaches? Find(string path, nint library)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || !NativeLibrary.TryGetExport(library, Exported, out var exported))
            return null;
        try
        {
            var symbols = ElfSymbols.Find(path, [Object, Guard, Function, Exported]);
            if (symbols.Count < 4)
                return null;
            var start = exported - (nint)symbols[Exported];
            return new OneDnnCaches(start + (nint)symbols[Guard], start + (nint)symbols[Object], start + (nint)symbols[Function]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return null; // the kernels can still be checked, and computed without oneDNN
        }
    }

    /// <summary>Tells oneDNN usual sizes where it believes in impossible ones.</summary>
    /// <returns>Whether it holds plausible sizes now.</returns>
    public bool Tell() => Tell(State);

    /// <summary>The same for the object's words.</summary>
    internal static bool Tell(Span<int> state)
    {
        if (state.Length < Words || state[Levels] != _usual.Length || state[(Sizes + _usual.Length)..Sharing].ContainsAnyExcept(0))
            return false; // not the object that this knows
        if (state[(Sharing + _usual.Length)..Levels].ContainsAnyExcept(0) || state[Sizes..(Sizes + _usual.Length)].ContainsAnyInRange(int.MinValue, -1))
            return false;
        for (var level = 0; level < _usual.Length; level++)
        {
            if (state[Sizes + level] >= Implausible)
                continue;
            state[Sizes + level] = _usual[level];
            state[Sharing + level] = 1;
        }

        return true;
    }
}
