using System.Globalization;
using System.Runtime.InteropServices;

namespace ConvScope.Native;

/// <summary>Whether a libtorch is the one that TorchSharp's native library was built for, and what is missing where it is not.</summary>
/// <param name="Version">Its version; null where it does not say, as those before 2.5.</param>
/// <param name="Missing">Functions that TorchSharp's library asks for and nobody gives. Calling one ends the process, and no exception says so.</param>
/// <param name="Needed">How many it asks for.</param>
internal sealed record LibtorchFit(Version? Version, IReadOnlyList<string> Missing, int Needed)
{
    /// <summary>The version that TorchSharp 0.107 was built for.</summary>
    public static readonly Version BuiltFor = new(2, 10);

    private const int Shown = 3;
    private const string OfTheCompiler = "_ZSt"; // names of libstdc++, whose versions are PatchedLibrary's matter

    /// <summary>Looks at what is loaded.</summary>
    /// <param name="bridge">File of TorchSharp's native library.</param>
    /// <param name="libraries">Handles of libtorch's own.</param>
    public static LibtorchFit Look(string bridge, IReadOnlyCollection<nint> libraries)
    {
        var version = libraries.Select(ReadVersion).FirstOrDefault(found => found is not null);
        if (version is not null && IsBuiltFor(version))
            return new LibtorchFit(version, [], 0);
        try
        {
            var needed = ElfSymbols.FindNeeded(bridge).Where(name => !name.StartsWith(OfTheCompiler, StringComparison.Ordinal)).ToList();
            return new LibtorchFit(version, [.. needed.Where(name => !libraries.Any(library => NativeLibrary.TryGetExport(library, name, out _)))], needed.Count);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return new LibtorchFit(version, [], 0);
        }
    }

    /// <summary>What stands in the log and in doctor's answer; null where it fits.</summary>
    public string? Warning => Version is not null && IsBuiltFor(Version) ? null : $"This is libtorch {Version?.ToString() ?? "of an unknown version"}; TorchSharp was built for {BuiltFor}. "
        + (Missing.Count > 0
            ? string.Create(CultureInfo.InvariantCulture, $"It lacks {Missing.Count} of the {Needed} functions that TorchSharp calls, such as {string.Join(", ", Missing.Take(Shown))}: a call of one ends the process.")
            : "It has every function that TorchSharp calls; whether they do the same, only a run can tell.");

    /// <summary>The version behind the number that libtorch gives to extensions: a byte each for major, minor and patch, the highest first (<c>aoti_torch_abi_version</c>).</summary>
    internal static Version Decode(ulong number) => new((int)(number >> 56), (int)(number >> 48) & 255, (int)(number >> 40) & 255);

    private static bool IsBuiltFor(Version version) => (version.Major, version.Minor) == (BuiltFor.Major, BuiltFor.Minor);

    private static unsafe Version? ReadVersion(nint library) =>
        NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var function) ? Decode(((delegate* unmanaged<ulong>)function)()) : null;
}
