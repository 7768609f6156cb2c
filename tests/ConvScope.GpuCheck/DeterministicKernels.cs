using System.Runtime.InteropServices;

namespace ConvScope.GpuCheck;

/// <summary>cuDNN's deterministic algorithms, until it is disposed. TorchSharp has no switch for them; libtorch exports it.</summary>
internal sealed class DeterministicKernels : IDisposable
{
    /// <summary>Switches them on, or leaves them off.</summary>
    public DeterministicKernels(bool areOn) => Set(GlobalContext(), areOn);

    /// <summary>Switches them off.</summary>
    public void Dispose() => Set(GlobalContext(), false);

    [DllImport("libtorch_cpu.so", EntryPoint = "_ZN2at13globalContextEv")]
    private static extern nint GlobalContext();

    [DllImport("libtorch_cpu.so", EntryPoint = "_ZN2at7Context21setDeterministicCuDNNEb")]
    private static extern void Set(nint context, [MarshalAs(UnmanagedType.U1)] bool areOn);
}
