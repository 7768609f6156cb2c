namespace ConvScope.Native.Kernels;

/// <summary>The user's own limit of oneDNN's instruction set. It is respected, and what comes of it is checked like everything else.</summary>
internal static class OneDnnLimit
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "ONEDNN_MAX_CPU_ISA";

    /// <summary>Environment variables, this one among them, that decide which kernels are taken.</summary>
    public static IReadOnlyList<string> Deciding { get; } = [Variable, "DNNL_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR"];

    /// <summary>What it says; null where it is not set. The older name counts too, as it does for oneDNN.</summary>
    public static string? Value => Deciding.Take(2).Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is { Length: > 0 });
}
