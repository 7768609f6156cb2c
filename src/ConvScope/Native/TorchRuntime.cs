namespace ConvScope.Native;

/// <summary>Placeholder until the loader lands.</summary>
public static class TorchRuntime
{
    /// <summary>Loads.</summary>
    public static void Load() { }
}
