namespace ConvScope.Native;

/// <summary>The libtorch of this process.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Folder">The folder of its files; empty where the operating system's loader found them by itself.</param>
/// <param name="Description">One line for the log.</param>
public sealed record TorchLibrary(TorchLibrarySource Source, string Folder, string Description)
{
    /// <summary>Its version; null where it does not say.</summary>
    public Version? Version { get; init; }

    /// <summary>Why it may not be the right one: another version than TorchSharp was built for, and what it lacks; null where it fits.</summary>
    public string? Warning { get; init; }

    /// <summary>
    /// Which CPU kernels it computes with, in one line for log and record: as they are, or changed because they would be wrong on this machine; and that they were checked. They are right: a libtorch that
    /// cannot be made to compute right numbers is not loaded.
    /// </summary>
    public string Kernels { get; init; } = "not checked";
}
