namespace ConvScope.Native;

/// <summary>The libtorch of this process.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Folder">The folder of its files; empty where the operating system's loader found them by itself.</param>
/// <param name="Description">One line for the log.</param>
public sealed record TorchLibrary(TorchLibrarySource Source, string Folder, string Description);
