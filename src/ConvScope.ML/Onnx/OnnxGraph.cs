using System.Runtime.InteropServices;
using ConvScope.ML.Onnx.Format;
using ConvScope.Records.Checkpoints;
using Google.Protobuf;

namespace ConvScope.ML.Onnx;

/// <summary>Gathers nodes and weights of an ONNX graph.</summary>
internal sealed class OnnxGraph
{
    private const int Float = 1;
    private readonly GraphProto _graph = new();

    /// <summary>What was gathered.</summary>
    public GraphProto Graph => _graph;

    /// <summary>Adds an operator with one output and gives the output's name.</summary>
    public string Add(string operation, string output, IEnumerable<string> inputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return output;
    }

    /// <summary>Adds a constant of floats and gives its name.</summary>
    public string Constant(string name, long[] shape, ReadOnlySpan<float> values) => Constant(name, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Adds a weight and gives its name.</summary>
    public string Constant(StoredTensor tensor) => Constant(
        tensor.Name, [.. tensor.Shape], tensor.Type == ElementType.Float32 ? tensor.ReadBytes() : MemoryMarshal.AsBytes(tensor.ReadFloats().AsSpan()).ToArray());

    /// <summary>An attribute of whole numbers.</summary>
    public static AttributeProto Ints(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (var value in values)
            attribute.Ints.Add(value);
        return attribute;
    }

    /// <summary>An attribute of one whole number.</summary>
    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    /// <summary>An attribute of one float.</summary>
    public static AttributeProto Single(string name, float value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    /// <summary>A float tensor of the given axes behind a free batch axis.</summary>
    public static ValueInfoProto Value(string name, params ReadOnlySpan<int> axes)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "N" });
        foreach (var axis in axes)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = axis });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = Float, Shape = shape } } };
    }

    private string Constant(string name, long[] shape, byte[] bytes)
    {
        var tensor = new TensorProto { Name = name, DataType = Float, RawData = UnsafeByteOperations.UnsafeWrap(bytes) }; // nobody else holds the array
        tensor.Dims.AddRange(shape);
        _graph.Initializer.Add(tensor);
        return name;
    }
}
