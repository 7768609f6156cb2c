using ConvScope.Native;
using ConvScope.Records.Networks;
using static TorchSharp.torch;

namespace ConvScope.Networks;

/// <summary>Builds networks from their descriptions.</summary>
public static class NetworkModules
{
    /// <summary>
    /// Builds the network with fresh weights, drawn from a generator of its own as <see cref="NetworkSpec.Initialization"/> says; normalisations start with weight 1 and bias 0.
    /// The same seed gives the same weights; the caller's random state is left as it was.
    /// </summary>
    /// <param name="network">The description.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <returns>A module on the CPU in training mode that takes raw pixels <c>[N, C, H, W]</c> (bytes or floats) and gives <c>[N, K]</c> logits, or <c>[N, 1]</c>. The caller disposes it.</returns>
    public static nn.Module<Tensor, Tensor> CreateModule(this NetworkSpec network, long seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        TorchRuntime.Load();
        return new SpecNetwork(network, seed);
    }
}
