using System.Runtime.InteropServices;

namespace ConvScope.Native;

/// <summary>
/// How cuDNN chooses its algorithms, for the whole process. TorchSharp has no switch for it; PyTorch's are
/// <c>torch.backends.cudnn.deterministic</c> and <c>torch.backends.cudnn.benchmark</c>, and these are the same ones. A libtorch for the
/// CPU has the switches too, and nothing that asks them.
/// </summary>
internal static class CudnnSettings
{
    private static readonly Lazy<Functions?> _functions = new(Find);

    /// <summary>Whether this process has the switches: on Linux, with the libtorch that TorchSharp 0.107 is made for.</summary>
    public static bool IsSupported => _functions.Value is not null;

    /// <summary>Whether only algorithms are taken that give the same bits again.</summary>
    /// <exception cref="PlatformNotSupportedException">There is no switch.</exception>
    public static bool IsDeterministic
    {
        get => Known.IsDeterministic(Known.Context());
        set => Known.SetDeterministic(Known.Context(), value);
    }

    /// <summary>Whether algorithms are tried out and the fastest is taken, which need not be the same one again.</summary>
    /// <exception cref="PlatformNotSupportedException">There is no switch.</exception>
    public static bool IsBenchmarked
    {
        get => Known.IsBenchmarked(Known.Context());
        set => Known.SetBenchmarked(Known.Context(), value);
    }

    /// <summary>Refuses a process without the switches.</summary>
    /// <exception cref="PlatformNotSupportedException">There is none.</exception>
    public static void Require() => _ = Known;

    private static Functions Known => _functions.Value ?? throw new PlatformNotSupportedException(
        "cuDNN's deterministic algorithms cannot be chosen here: the libtorch of this process lacks functions of libtorch 2.10 for Linux.");

    private static Functions? Find()
    {
        TorchRuntime.Load();
        return OperatingSystem.IsLinux()
            && TorchSymbols.TryFind<GlobalContext>(TorchSymbols.Cpu, "_ZN2at13globalContextEv", out var context)
            && TorchSymbols.TryFind<Getter>(TorchSymbols.Cpu, "_ZNK2at7Context18deterministicCuDNNEv", out var isDeterministic)
            && TorchSymbols.TryFind<Setter>(TorchSymbols.Cpu, "_ZN2at7Context21setDeterministicCuDNNEb", out var setDeterministic)
            && TorchSymbols.TryFind<Getter>(TorchSymbols.Cpu, "_ZNK2at7Context14benchmarkCuDNNEv", out var isBenchmarked)
            && TorchSymbols.TryFind<Setter>(TorchSymbols.Cpu, "_ZN2at7Context17setBenchmarkCuDNNEb", out var setBenchmarked)
            ? new Functions(context, isDeterministic, setDeterministic, isBenchmarked, setBenchmarked)
            : null;
    }

    private delegate nint GlobalContext();

    [return: MarshalAs(UnmanagedType.U1)]
    private delegate bool Getter(nint context);

    private delegate void Setter(nint context, [MarshalAs(UnmanagedType.U1)] bool value);

    private sealed record Functions(
        GlobalContext Context, Getter IsDeterministic, Setter SetDeterministic, Getter IsBenchmarked, Setter SetBenchmarked);
}
