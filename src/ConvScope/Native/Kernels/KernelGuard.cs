namespace ConvScope.Native.Kernels;

/// <summary>Finds kernels that are right, and among those the fastest.</summary>
/// <param name="hidesCaches">Whether the processor keeps its caches from oneDNN: then it is known without a try that its kernels are wrong as they are.</param>
/// <param name="apply">Does what a cure is; says whether that can be done here.</param>
/// <param name="check">Checks the kernels as they are now; null where they are right.</param>
/// <param name="memory">What an earlier process found.</param>
internal sealed class KernelGuard(bool hidesCaches, Func<KernelCure, bool> apply, Func<KernelFault?> check, KernelMemory memory)
{
    private const string Hidden = "this machine hides the sizes of its caches, without which oneDNN computes wrong convolutions";

    /// <summary>Decides, and leaves the process with the kernels that it decided on.</summary>
    /// <exception cref="TorchLoadException">No cure makes the kernels right.</exception>
    public KernelVerdict Decide()
    {
        if (memory.Read() is { } known && apply(known.Cure))
            return known;
        KernelFault? first = null;
        foreach (var cure in Enum.GetValues<KernelCure>().Where(IsWorthATry))
        {
            if (!apply(cure))
                continue;
            var fault = check();
            first ??= fault;
            if (fault is null)
                return Remember(new KernelVerdict(cure, Reason(cure, first), IsRemembered: false));
        }

        throw new TorchLoadException($"libtorch computes wrong numbers on this machine, and no cure that is known helps: {first?.ToString() ?? "the kernels could not be switched"}. "
            + $"Another libtorch may be right (CONVSCOPE_LIBTORCH), or another instruction set ({OneDnnLimit.Variable}=SSE41). `convscope doctor` lists what is wrong.");
    }

    /// <summary>A cure for hidden caches is tried only where they are hidden, and no kernels are trusted that are known to be wrong.</summary>
    private bool IsWorthATry(KernelCure cure) => cure switch
    {
        KernelCure.None => !hidesCaches,
        KernelCure.CacheSizes => hidesCaches,
        _ => true,
    };

    private static string Reason(KernelCure cure, KernelFault? fault) => cure == KernelCure.None ? "" : fault is null ? Hidden : $"with it {fault}";

    private KernelVerdict Remember(KernelVerdict verdict)
    {
        memory.Write(verdict);
        return verdict;
    }
}
