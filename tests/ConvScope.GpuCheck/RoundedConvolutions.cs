namespace ConvScope.GpuCheck;

/// <summary>TF32, floats of 19 bits inside cuDNN's convolutions, on or off until it is disposed.</summary>
internal sealed class RoundedConvolutions : IDisposable
{
    private readonly bool _before = backends.cudnn.allow_tf32;

    /// <summary>Allows them or forbids them.</summary>
    public RoundedConvolutions(bool areAllowed) => backends.cudnn.allow_tf32 = areAllowed;

    /// <summary>As it was before.</summary>
    public void Dispose() => backends.cudnn.allow_tf32 = _before;
}
