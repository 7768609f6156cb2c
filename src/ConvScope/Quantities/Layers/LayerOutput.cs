using static TorchSharp.torch;

namespace ConvScope.Quantities.Layers;

/// <summary>What one layer gave for the probe batch, in evaluation mode.</summary>
/// <param name="Name">Path of the layer in the network, such as <c>relu1</c>; a layer that is called again gets <c>relu:2</c>.</param>
/// <param name="Kind">Name of the layer's type, such as <c>ReLU</c>.</param>
/// <param name="Output">The output, <c>[N, …]</c>, detached from the graph.</param>
/// <param name="Gradient">Gradient of the batch's mean cross-entropy by that output, of the same shape; null where it was not asked for or does not exist.</param>
public sealed record LayerOutput(string Name, string Kind, Tensor Output, Tensor? Gradient);
