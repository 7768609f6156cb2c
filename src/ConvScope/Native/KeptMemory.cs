using System.Collections;
using System.Runtime.InteropServices;

namespace ConvScope.Native;

/// <summary>
/// Memory that a step of a training gives back is kept for the next one. By itself glibc returns large blocks to the system, which then clears a page at each first touch of the next step: a third of the time of a small
/// network on two cores. What is kept is given back when the training is over.
/// </summary>
/// <remarks>
/// Two thresholds of glibc's <c>malloc</c> are raised before libtorch is loaded; either alone is worse than none. Nothing is done where the user has chosen settings of his own (<c>MALLOC_…</c>, <c>GLIBC_TUNABLES</c>) or
/// says so (<see cref="Variable"/>, <see cref="Switch"/>), nor elsewhere than with glibc. Other threads' and libraries' memory obeys the same thresholds: it is one allocator.
/// </remarks>
internal static partial class KeptMemory
{
    /// <summary>Environment variable; <c>0</c> leaves the allocator as it is.</summary>
    public const string Variable = "CONVSCOPE_KEEP_MEMORY";

    /// <summary>Switch of <see cref="AppContext"/>; false leaves the allocator as it is.</summary>
    public const string Switch = "ConvScope.KeepMemory";

    private const int TrimThreshold = -1, MapThreshold = -3; // M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h
    private const int Kept = 1 << 30; // bytes

    private static readonly Lazy<bool> _isOn = new(() => Reason(Environment.GetEnvironmentVariables()) is null && IsGlibc() && mallopt(MapThreshold, Kept) == 1 && mallopt(TrimThreshold, Kept) == 1);

    /// <summary>Turns it on, once a process.</summary>
    /// <returns>Whether it is on.</returns>
    public static bool Keep() => _isOn.Value;

    /// <summary>Gives back what is kept and not in use.</summary>
    public static void Release()
    {
        if (_isOn is { IsValueCreated: true, Value: true })
            _ = malloc_trim(0);
    }

    /// <summary>Why the allocator is left as it is; null where it is not.</summary>
    /// <param name="environment">The environment's variables.</param>
    internal static string? Reason(IDictionary environment)
    {
        if (AppContext.TryGetSwitch(Switch, out var isOn) && !isOn)
            return Switch;
        if (environment[Variable] is "0")
            return Variable;
        foreach (string name in environment.Keys)
        {
            if (name.StartsWith("MALLOC_", StringComparison.Ordinal))
                return name;
        }

        return (environment["GLIBC_TUNABLES"] as string)?.Contains("glibc.malloc.", StringComparison.Ordinal) == true ? "GLIBC_TUNABLES" : null;
    }

    private static bool IsGlibc() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _) && NativeLibrary.TryGetExport(library, "malloc_trim", out _);

    [LibraryImport("libc.so.6")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc.so.6")]
    private static partial int malloc_trim(nuint padding);
}
