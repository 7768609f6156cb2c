namespace ConvScope.Native.Kernels;

/// <summary>Which kernels this process computes with, and why. They are right: where none is, loading fails.</summary>
/// <param name="Cure">What was done.</param>
/// <param name="Reason">Why, as part of a sentence; empty where nothing was done.</param>
/// <param name="IsRemembered">Whether an earlier process of this machine checked them.</param>
internal sealed record KernelVerdict(KernelCure Cure, string Reason, bool IsRemembered)
{
    /// <summary>One line for log, record and doctor.</summary>
    /// <param name="userLimit">The instruction set to which the user limits oneDNN; null for none.</param>
    public string Describe(string? userLimit)
    {
        var kernels = Cure switch
        {
            KernelCure.None => "as they are",
            KernelCure.CacheSizes => $"oneDNN with usual cache sizes, because {Reason}",
            _ => $"without oneDNN, because {Reason}",
        };
        return $"{kernels}{(userLimit is null ? "" : $"; limited to {userLimit} by {OneDnnLimit.Variable}")}; "
            + (IsRemembered ? "checked by an earlier process" : "checked now");
    }
}
