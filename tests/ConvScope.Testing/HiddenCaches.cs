using System.Runtime.InteropServices;
using ConvScope.Native;

namespace ConvScope;

/// <summary>
/// Makes this process compute the wrong convolutions of a machine whose hypervisor hides the caches: oneDNN is told what it reads there, caches of 1 byte. The wrong numbers are its own, nothing is imitated.
/// </summary>
public static class HiddenCaches
{
    /// <summary>Where oneDNN's view lies in words: sizes, how many cores share each.</summary>
    private const int Sizes = 7, Sharing = 17, Count = 3;

    /// <summary>Hides the caches. It must come before the first convolution of the process.</summary>
    /// <param name="folder">Where libtorch lies.</param>
    /// <returns>Whether this libtorch on this machine lets itself be deceived: an unstripped oneDNN on x86.</returns>
    public static bool Hide(string folder)
    {
        var file = Path.Combine(folder, "libtorch_cpu.so");
        if (!File.Exists(file) || OneDnnCaches.Find(file, NativeLibrary.Load(file)) is not { } caches)
            return false;
        var state = caches.State;
        if (state.IsEmpty)
            return false;
        state.Slice(Sizes, Count).Fill(1);
        state.Slice(Sharing, Count).Fill(1);
        return true;
    }
}
