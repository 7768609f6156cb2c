using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native.Kernels;

/// <summary>Compares libtorch's kernels with 64-bit floats, which take another way through it.</summary>
/// <param name="compute">Computes a case in a type; as the case itself does, but in tests.</param>
internal sealed class KernelCheck(Func<KernelCase, ScalarType, IReadOnlyList<(string Name, Tensor Value)>> compute)
{
    private const int Above = 30_000;

    // Freed pieces of these sizes, in floats, are what a kernel's own buffers will lie in.
    private static readonly int[] _pieces = [16, 64, 256, 1024, 2560, 4096, 6400, 10_000, 16_384, 25_600];

    /// <summary>A check of the kernels of this process.</summary>
    public KernelCheck()
        : this((@case, type) => @case.Compute(type))
    {
    }

    /// <summary>Computes cases until one is wrong.</summary>
    /// <returns>The first wrong result; null where all are right.</returns>
    public KernelFault? FirstFault(IEnumerable<KernelCase> cases) => Faults(cases).FirstOrDefault();

    /// <summary>Computes all cases, with the memory they will get filled with NaN beforehand: a kernel that leaves out a block is right where the memory happens to be clean.</summary>
    /// <returns>The first wrong result of each case that has one.</returns>
    public IEnumerable<KernelFault> Faults(IEnumerable<KernelCase> cases)
    {
        var threads = get_num_threads();
        set_num_threads(1); // pieces as small are not worth a second one, and on a busy machine it would be waited for
        try
        {
            foreach (var @case in cases)
            {
                if (Fault(@case) is { } fault)
                    yield return fault;
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private KernelFault? Fault(KernelCase @case)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var right = compute(@case, ScalarType.Float64);
        using var above = FillFreeMemory();
        var results = compute(@case, @case.Type);
        foreach (var (result, expected) in results.Zip(right))
        {
            var largest = Math.Max(expected.Value.abs().max().item<double>(), 1e-30);
            var error = result.Value.to(ScalarType.Float64).sub(expected.Value).abs().max().item<double>() / largest;
            if (!(error <= @case.Tolerance)) // NaN is wrong too
                return new KernelFault(@case.ToString(), result.Name, error);
        }

        return null;
    }

    /// <summary>Leaves NaN in memory that is handed out next.</summary>
    /// <returns>What lies above it, so that the allocator does not give it back to the system, which would clean it.</returns>
    private static Tensor FillFreeMemory()
    {
        using var scope = NewDisposeScope();
        foreach (var piece in _pieces)
        {
            for (var copy = 0; copy < 4; copy++)
                full(piece, float.NaN, ScalarType.Float32, CPU);
        }

        return full(Above, float.NaN, ScalarType.Float32, CPU).DetachFromDisposeScope();
    }
}
