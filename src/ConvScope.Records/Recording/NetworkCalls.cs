namespace ConvScope.Records.Recording;

/// <summary>What <see cref="MetadataNames.NetworkCalls"/> may say.</summary>
public static class NetworkCalls
{
    /// <summary>The network keeps nothing and draws nothing in evaluation mode.</summary>
    public const string Plain = "plain";

    /// <summary>All that the network holds, and every random state, is put back after each call.</summary>
    public const string Guarded = "guarded";

    /// <summary>The network is not called; its layers are seen in the training's own calls.</summary>
    public const string None = "none";
}
