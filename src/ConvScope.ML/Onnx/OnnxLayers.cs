using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.ML.Onnx;

/// <summary>Writes layers of a description as ONNX operators of opset 13.</summary>
internal sealed class OnnxLayers(OnnxGraph graph, IReadOnlyDictionary<string, StoredTensor> weights)
{
    private const float Epsilon = 1e-5f; // PyTorch's default for batch normalisation

    /// <summary>Adds a layer.</summary>
    /// <param name="row">The layer with its shapes.</param>
    /// <param name="inputs">Names of what it takes, the preceding output first.</param>
    /// <returns>Name of what it makes.</returns>
    /// <exception cref="NotSupportedException">ONNX has no operator for it; the message names the layer.</exception>
    public string Add(LayerRow row, IReadOnlyList<string> inputs) => row.Layer switch
    {
        Conv2dLayer conv => graph.Add(
            "Conv", conv.Name, [inputs[0], Weight(conv, "weight"), .. conv.Bias ? [Weight(conv, "bias")] : Array.Empty<string>()],
            Window(conv.Kernel), Strides(conv.Stride), Pads(conv.Padding), OnnxGraph.Int("group", conv.Groups)),
        LinearLayer linear => graph.Add("Gemm", linear.Name, [inputs[0], Weight(linear, "weight"), Weight(linear, "bias")], OnnxGraph.Int("transB", 1)),
        BatchNorm2dLayer norm => graph.Add(
            "BatchNormalization", norm.Name, [inputs[0], Weight(norm, "weight"), Weight(norm, "bias"), Weight(norm, "running_mean"), Weight(norm, "running_var")], OnnxGraph.Single("epsilon", Epsilon)),
        ReluLayer relu => graph.Add("Relu", relu.Name, inputs),
        Relu6Layer relu => graph.Add("Clip", relu.Name, [inputs[0], graph.Constant($"{relu.Name}.min", [], [0]), graph.Constant($"{relu.Name}.max", [], [6])]),
        MaxPool2dLayer pool => graph.Add(
            "MaxPool", pool.Name, inputs, Window(pool.Kernel), Strides(pool.Stride == 0 ? pool.Kernel : pool.Stride), Pads(pool.Padding), OnnxGraph.Int("ceil_mode", pool.CeilMode ? 1 : 0)),
        AvgPool2dLayer pool => graph.Add("AveragePool", pool.Name, inputs, Window(pool.Kernel), Strides(pool.Stride == 0 ? pool.Kernel : pool.Stride)),
        AdaptiveAvgPool2dLayer pool => Adaptive(pool, row.Input, inputs),
        FlattenLayer flatten => graph.Add("Flatten", flatten.Name, inputs, OnnxGraph.Int("axis", 1)),
        AddLayer add => inputs.Skip(1).Index().Aggregate(inputs[0], (sum, next) => graph.Add("Add", next.Index == inputs.Count - 2 ? add.Name : $"{add.Name}.{next.Index}", [sum, next.Item])),
        ConcatLayer concat => graph.Add("Concat", concat.Name, inputs, OnnxGraph.Int("axis", 1)),
        DropoutLayer => inputs[0], // a network that predicts drops nothing
        _ => throw new NotSupportedException($"Layer '{row.Layer.Name}' of kind {row.Layer.Kind} is not written as ONNX."),
    };

    /// <summary>ONNX has no adaptive pooling: where windows of one size fit it is ordinary pooling, and a single value is repeated.</summary>
    private string Adaptive(AdaptiveAvgPool2dLayer pool, Shape input, IReadOnlyList<string> inputs)
    {
        if (pool.Side == 1)
            return graph.Add("GlobalAveragePool", pool.Name, inputs);
        if (input.Height == pool.Side && input.Width == pool.Side)
            return inputs[0];
        if (input.Height % pool.Side == 0 && input.Width % pool.Side == 0)
            return graph.Add("AveragePool", pool.Name, inputs, OnnxGraph.Ints("kernel_shape", input.Height / pool.Side, input.Width / pool.Side), OnnxGraph.Ints("strides", input.Height / pool.Side, input.Width / pool.Side));
        throw new NotSupportedException($"Layer '{pool.Name}' averages {input} to {pool.Side}x{pool.Side} by windows of different sizes, which ONNX does not know; use images whose maps are a multiple of {pool.Side}.");
    }

    private string Weight(LayerSpec layer, string name) => graph.Constant(
        weights.TryGetValue($"{layer.Name}.{name}", out var tensor) ? tensor : throw new InvalidDataException($"The weights lack '{layer.Name}.{name}'."));

    private static Format.AttributeProto Window(int kernel) => OnnxGraph.Ints("kernel_shape", kernel, kernel);

    private static Format.AttributeProto Strides(int stride) => OnnxGraph.Ints("strides", stride, stride);

    private static Format.AttributeProto Pads(int padding) => OnnxGraph.Ints("pads", padding, padding, padding, padding);
}
