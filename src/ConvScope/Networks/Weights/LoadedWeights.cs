namespace ConvScope.Networks.Weights;

/// <summary>What came of loading weights into a network.</summary>
/// <param name="Loaded">Names of the tensors that were loaded.</param>
/// <param name="Missing">Names that the network has and the weights have not; they keep their values.</param>
/// <param name="Unexpected">Names that the weights have and the network has not.</param>
public sealed record LoadedWeights(IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected);
