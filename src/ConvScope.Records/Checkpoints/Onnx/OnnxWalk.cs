using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Records.Checkpoints.Onnx;

/// <summary>Finds the layers of a described network in an ONNX graph, whose tensors have any names, by going from its input on.</summary>
internal sealed class OnnxWalk
{
    private static readonly HashSet<string> _passing = ["Identity", "Dropout", "Cast", "Flatten", "Reshape", "Squeeze", "Unsqueeze"]; // what changes no value
    private static readonly HashSet<string> _scaling = ["Sub", "Mul", "Div", "Add"]; // with constants: the normalisation of the images
    private static readonly HashSet<string> _weighted = ["Conv", "ConvTranspose", "BatchNormalization", "Gemm", "MatMul"];

    private readonly IReadOnlyList<OnnxNode> _nodes;
    private readonly Dictionary<string, StoredTensor> _tensors;
    private readonly Dictionary<string, List<OnnxNode>> _consumers = new(StringComparer.Ordinal);
    private readonly string? _input;

    public OnnxWalk(IReadOnlyList<OnnxNode> nodes, IReadOnlyList<string> inputs, IEnumerable<StoredTensor> tensors)
    {
        _nodes = nodes;
        _tensors = tensors.DistinctBy(tensor => tensor.Name, StringComparer.Ordinal).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            foreach (var value in node.Inputs.Where(value => value.Length > 0).Distinct(StringComparer.Ordinal))
            {
                if (!_consumers.TryGetValue(value, out var consumers))
                    _consumers[value] = consumers = [];
                consumers.Add(node);
            }
        }

        _input = inputs.FirstOrDefault(name => !_tensors.ContainsKey(name) && _consumers.ContainsKey(name)); // before version 4 of the format weights are inputs too
    }

    /// <summary>The tensors by the network's names, as far as it is found in the graph; then those of other layers, by the names that they have there.</summary>
    public IReadOnlyList<StoredTensor> Name(NetworkSpec network)
    {
        var (named, used) = (new List<StoredTensor>(), new HashSet<OnnxNode>(ReferenceEqualityComparer.Instance));
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        var last = _input;
        foreach (var row in network.Table)
        {
            var from = row.Layer.From is { } before ? outputs[before] : last;
            if (from is null || Step(row, from, outputs, named, used) is not { } value)
                break;
            last = outputs[row.Layer.Name] = value;
        }

        var left = _nodes.Where(node => _weighted.Contains(node.Operation) && !used.Contains(node)).SelectMany(node => node.Inputs.Skip(1)).Where(_tensors.ContainsKey).Distinct(StringComparer.Ordinal);
        return [.. named, .. left.Select(name => _tensors[name])];
    }

    /// <summary>The value that a layer makes; null where the graph goes on in another way.</summary>
    private string? Step(LayerRow row, string from, Dictionary<string, string> outputs, List<StoredTensor> named, HashSet<OnnxNode> used)
    {
        switch (row.Layer)
        {
            case DropoutLayer or FlattenLayer:
                return from;
            case Conv2dLayer or BatchNorm2dLayer or LinearLayer:
                if (Find(from, node => !used.Contains(node) && IsLayer(row, node), node => HasShape(row, node)) is not { } layer)
                    return null;
                used.Add(layer);
                return Take(row.Layer, layer, named);
            case AddLayer or ConcatLayer:
                var values = ((JoiningLayer)row.Layer).With.Select(name => outputs[name]).ToList();
                return Find(from, node => Joins(row.Layer, node) && values.TrueForAll(value => Find(value, other => ReferenceEquals(other, node), _ => true) is not null), node => node.Inputs.Count == values.Count + 1)?.Outputs[0];
            case AdaptiveAvgPool2dLayer:
                return Find(from, node => node.Operation is "GlobalAveragePool" or "AveragePool" or "ReduceMean", _ => true)?.Outputs[0] ?? from; // maps of that size already
            default:
                return Find(from, node => node.Operation == Operation(row.Layer), _ => true)?.Outputs[0];
        }
    }

    /// <summary>The first operator of a kind behind a value, past what changes nothing; one that is liked, where there are several.</summary>
    private OnnxNode? Find(string value, Predicate<OnnxNode> isWanted, Predicate<OnnxNode> isLiked)
    {
        var (waiting, seen) = (new Queue<string>([value]), new HashSet<string>(StringComparer.Ordinal) { value });
        while (waiting.TryDequeue(out var next))
        {
            var consumers = _consumers.GetValueOrDefault(next) ?? [];
            var wanted = consumers.FindAll(node => node.Outputs.Count > 0 && isWanted(node));
            if (wanted.Count > 0)
                return wanted.Find(isLiked) ?? wanted[0];
            foreach (var node in consumers.Where(node => node.Outputs.Count > 0 && Passes(node, next) && seen.Add(node.Outputs[0])))
                waiting.Enqueue(node.Outputs[0]);
        }

        return null;
    }

    private bool Passes(OnnxNode node, string value) => _passing.Contains(node.Operation)
        ? node.Inputs[0] == value
        : _scaling.Contains(node.Operation) && node.Inputs.All(input => input == value || _tensors.ContainsKey(input));

    private bool IsLayer(LayerRow row, OnnxNode node) => row.Layer switch
    {
        Conv2dLayer conv => node.Operation == "Conv" && Weight(node, 1) is { Shape: [_, _, var height, var width] } && height == conv.Kernel && width == conv.Kernel
            && node.Number("group", 1) == conv.Groups && node.Number("strides", 1) == conv.Stride && node.Number("dilations", 1) == 1,
        BatchNorm2dLayer => node.Operation == "BatchNormalization" && Enumerable.Range(1, 4).All(input => Weight(node, input) is not null),
        _ => node.Operation is "Gemm" or "MatMul" && Weight(node, 1) is { Shape.Count: 2 } && node.Number("transA", 0) == 0,
    };

    private bool HasShape(LayerRow row, OnnxNode node) => row.Layer is not Conv2dLayer || Weight(node, 1)!.Shape.SequenceEqual(row.Layer.Parameters(row.Input)[0].Shape.Axes.Select(axis => (long)axis));

    private bool Joins(LayerSpec layer, OnnxNode node) => (layer is AddLayer ? node.Operation is "Add" or "Sum" : node.Operation == "Concat") && !node.Inputs.Any(_tensors.ContainsKey);

    private string Take(LayerSpec layer, OnnxNode node, List<StoredTensor> named)
    {
        string[] names = layer is BatchNorm2dLayer ? ["weight", "bias", "running_mean", "running_var"] : ["weight", "bias"];
        foreach (var (index, name) in names.Index())
        {
            if (Weight(node, index + 1) is { } tensor)
                named.Add((index == 0 && layer is LinearLayer && node.Number("transB", 0) == 0 ? tensor.Transposed() : tensor).Named($"{layer.Name}.{name}"));
        }

        if (node.Operation != "MatMul" || (_consumers.GetValueOrDefault(node.Outputs[0]) ?? []).Find(next => next.Operation == "Add" && next.Outputs.Count > 0) is not { } add)
            return node.Outputs[0];
        if (add.Inputs.FirstOrDefault(_tensors.ContainsKey) is { } bias)
            named.Add(_tensors[bias].Named($"{layer.Name}.bias"));
        return add.Outputs[0];
    }

    private StoredTensor? Weight(OnnxNode node, int input) => node.Inputs.Count > input ? _tensors.GetValueOrDefault(node.Inputs[input]) : null;

    private static string Operation(LayerSpec layer) => layer switch
    {
        ReluLayer => "Relu",
        Relu6Layer => "Clip",
        MaxPool2dLayer => "MaxPool",
        AvgPool2dLayer => "AveragePool",
        _ => "",
    };
}
