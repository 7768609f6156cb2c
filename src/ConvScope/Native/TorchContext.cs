using System.Runtime.InteropServices;

namespace ConvScope.Native;

/// <summary>
/// The switches of libtorch's global context that TorchSharp does not offer, called by their exported C++ names (<c>at::Context</c> in ATen/Context.h).
/// A libtorch that lacks a name leaves that switch as it is, and says so.
/// </summary>
/// <param name="library">Handle of <c>torch_cpu</c>.</param>
internal sealed unsafe class TorchContext(nint library)
{
    /// <summary>Switches oneDNN on or off for the whole process; from then on libtorch computes convolutions with its own kernels.</summary>
    /// <returns>Whether this libtorch has the switch.</returns>
    public bool SetOneDnn(bool isOn) => Set("_ZN2at7Context20setUserEnabledMkldnnEb", "?setUserEnabledMkldnn@Context@at@@QEAAX_N@Z", isOn);

    /// <summary>Switches NNPACK on or off for the whole process. Where it cannot start, libtorch tries again, and prints a warning, at every convolution.</summary>
    /// <returns>Whether this libtorch has the switch.</returns>
    public bool SetNnpack(bool isOn) => Set("_ZN2at7Context20setUserEnabledNNPACKEb", "?setUserEnabledNNPACK@Context@at@@QEAAX_N@Z", isOn);

    private bool Set(string name, string windowsName, bool isOn)
    {
        if (Find("_ZN2at13globalContextEv", "?globalContext@at@@YAAEAVContext@1@XZ") is not { } context || Find(name, windowsName) is not { } set)
            return false;
        ((delegate* unmanaged<nint, byte, void>)set)(((delegate* unmanaged<nint>)context)(), isOn ? (byte)1 : (byte)0);
        return true;
    }

    private nint? Find(string name, string windowsName) =>
        NativeLibrary.TryGetExport(library, OperatingSystem.IsWindows() ? windowsName : name, out var address) ? address : null;
}
