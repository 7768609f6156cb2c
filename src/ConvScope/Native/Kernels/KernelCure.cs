namespace ConvScope.Native.Kernels;

/// <summary>What is done so that kernels are right, the fastest first.</summary>
internal enum KernelCure
{
    /// <summary>Nothing: they are right as they are.</summary>
    None,

    /// <summary>oneDNN is told usual cache sizes; see <see cref="OneDnnCaches"/>. As fast as on a machine that shows them.</summary>
    CacheSizes,

    /// <summary>Convolutions are computed without oneDNN, by libtorch's own kernels, at a half to a quarter of the speed.</summary>
    WithoutOneDnn,
}
