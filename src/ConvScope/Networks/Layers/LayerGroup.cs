using static TorchSharp.torch;

namespace ConvScope.Networks.Layers;

/// <summary>A name that several layers share the beginning of, as <c>features</c> in <c>features.0</c>; it holds them and computes nothing.</summary>
internal sealed class LayerGroup(string name) : nn.Module(name);
