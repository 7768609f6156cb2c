namespace ConvScope.Native;

/// <summary>Where the libtorch of this process comes from.</summary>
public enum TorchLibrarySource
{
    /// <summary>The program's own files, as they are.</summary>
    Bundled,

    /// <summary>The program's own files, with a patched copy of TorchSharp's native library for a machine with an older libstdc++.</summary>
    BundledPatched,

    /// <summary>The folder that <c>CONVSCOPE_LIBTORCH</c> names.</summary>
    External,
}
