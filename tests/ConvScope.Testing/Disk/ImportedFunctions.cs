using System.Runtime.InteropServices;

namespace ConvScope.Disk;

/// <summary>Puts other functions in the place of those that a loaded library imports (Linux, x64). Source: the ELF-64 object file format, its dynamic section and relocations.</summary>
internal static unsafe partial class ImportedFunctions
{
    private const int Dynamic = 2; // PT_DYNAMIC
    private const int Strings = 5, Symbols = 6, Relocations = 7, RelocationsSize = 8, CallsSize = 2, Calls = 23; // DT_…
    private const int RelocationSize = 24, SymbolSize = 24;

    /// <summary>Whether this process has loaded a library.</summary>
    public static bool IsLoaded(string library) => File.ReadLines("/proc/self/maps").Any(line => line.EndsWith($"/{library}", StringComparison.Ordinal));

    /// <summary>Replaces an imported function for this library alone.</summary>
    /// <param name="library">File name of a library that this process has loaded.</param>
    /// <param name="replacements">The new functions by the names of the old ones.</param>
    /// <returns>The places that held the old ones, with what they held.</returns>
    public static IReadOnlyList<(nint Place, nint Old)> Replace(string library, IReadOnlyDictionary<string, nint> replacements)
    {
        var start = Start(library);
        var entries = Entries(start);
        var replaced = new List<(nint, nint)>();
        foreach (var (table, size) in new[] { (Relocations, RelocationsSize), (Calls, CallsSize) })
        {
            if (!entries.TryGetValue(table, out var first))
                continue;
            for (var at = 0; at < (int)entries[size]; at += RelocationSize)
            {
                var relocation = (long*)(Absolute(start, first) + at);
                if ((int)(relocation[1] >> 32) is var symbol && symbol != 0 && replacements.TryGetValue(Name(start, entries, symbol), out var target))
                    replaced.Add(Write(start + (nint)relocation[0], target));
            }
        }

        return replaced;
    }

    /// <summary>Writes an address.</summary>
    /// <returns>Where, and what stood there.</returns>
    public static (nint Place, nint Old) Write(nint place, nint target)
    {
        var page = place & ~((nint)Environment.SystemPageSize - 1);
        if (Protect(page, (nuint)(place + sizeof(nint) - page), 3) != 0) // read and write
            throw new InvalidOperationException("The system does not let a table of functions be changed.");
        var old = *(nint*)place;
        *(nint*)place = target;
        return (place, old);
    }

    private static nint Start(string library)
    {
        var line = File.ReadLines("/proc/self/maps").FirstOrDefault(line => line.EndsWith($"/{library}", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"'{library}' is not loaded.");
        return (nint)Convert.ToInt64(line[..line.IndexOf('-')], 16);
    }

    private static Dictionary<long, nint> Entries(nint start)
    {
        var header = start + *(nint*)(start + 32);
        for (; *(int*)header != Dynamic; header += 56) { }
        var entries = new Dictionary<long, nint>();
        for (var entry = (nint*)(start + *(nint*)(header + 16)); entry[0] != 0; entry += 2)
            entries.TryAdd(entry[0], entry[1]);
        return entries;
    }

    private static string Name(nint start, Dictionary<long, nint> entries, int symbol) =>
        Marshal.PtrToStringUTF8(Absolute(start, entries[Strings]) + *(int*)(Absolute(start, entries[Symbols]) + symbol * SymbolSize))!;

    /// <summary>The loader has added the start to most of these addresses already.</summary>
    private static nint Absolute(nint start, nint address) => address < start ? start + address : address;

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int access);
}
