using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>One parameter as a quantity sees it after an update.</summary>
/// <param name="Name">Name in the network, such as <c>conv1.weight</c>.</param>
/// <param name="Weight">Its values after the update, detached from the graph.</param>
/// <param name="Gradient">The gradient that led to the update, of the same shape; null for a parameter that got none.</param>
public sealed record ParameterState(string Name, Tensor Weight, Tensor? Gradient);
