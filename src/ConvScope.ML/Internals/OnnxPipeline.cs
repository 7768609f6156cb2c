using System.Runtime.InteropServices;
using ConvScope.ML.Mapping;
using ConvScope.ML.Onnx;
using ConvScope.ML.Onnx.Format;
using ConvScope.ML.Scoring;
using ConvScope.Networks.Weights;
using Microsoft.ML.Model.OnnxConverter;

namespace ConvScope.ML.Internals;

/// <summary>Writes a network and its columns into the graph that ML.NET makes of a whole pipeline.</summary>
/// <param name="context">ML.NET's graph.</param>
internal sealed class OnnxPipeline(OnnxContext context)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal); // in ML.NET's graph, by ours

    /// <summary>Adds a network, and the columns that it makes.</summary>
    /// <param name="columns">The network's columns.</param>
    /// <param name="features">The column of pixels.</param>
    public void Add(ScoreColumns columns, DataViewSchema.Column features)
    {
        var network = columns.Model.Network;
        const string Pixels = "pixels";
        _names[Pixels] = Images(features, network.Input.Channels, network.Input.Height, network.Input.Width);
        var graph = new OnnxGraph();
        var outputs = OnnxExport.AddOutputs(graph, network, columns.Model.Weights, Pixels);
        foreach (var constant in graph.Graph.Initializer)
            _names[constant.Name] = Constant(constant.Name, constant.Dims, MemoryMarshal.Cast<byte, float>(constant.RawData.Span).ToArray());
        foreach (var node in graph.Graph.Node)
            Copy(node);
        AddColumns(columns, _names[outputs]);
    }

    /// <summary>The images <c>[N, C, H, W]</c> as 32-bit floats, out of a vector a row.</summary>
    private string Images(DataViewSchema.Column features, int channels, int height, int width)
    {
        var type = (VectorDataViewType)features.Type;
        var pixels = context.GetVariableName(features.Name);
        if (type.ItemType.RawType == typeof(byte))
            pixels = Node("Cast", "floats", [pixels], ("to", typeof(float)));
        if (!FeatureColumn.IsInterleaved(features, new Records.Networks.Shape(channels, height, width)))
            return Reshaped(pixels, -1, channels, height, width);
        return Node("Transpose", "channels.first", [Reshaped(pixels, -1, height, width, channels)], ("perm", (long[])[0, 3, 1, 2]));
    }

    private void AddColumns(ScoreColumns columns, string outputs)
    {
        var names = columns.Names;
        var schema = columns.Extend(new DataViewSchema.Builder().ToSchema());
        switch (columns)
        {
            case MulticlassColumns:
                Column("Softmax", schema[names.Score], [outputs], ("axis", 1L));
                var best = Node("ArgMax", "best", [outputs], ("axis", 1L), ("keepdims", 1L));
                var key = Node("Add", "key", [best, context.AddInitializer((long[])[1], [1, 1], "first.key", makeUniqueName: true)]); // keys begin with 1
                Column("Cast", schema[names.PredictedLabel], [key], ("to", typeof(uint)));
                break;
            case BinaryColumns binary:
                Column("Identity", schema[names.Score], [outputs]);
                Column("Sigmoid", schema[names.Probability], [outputs]);
                Column("Greater", schema[names.PredictedLabel], [outputs, context.AddInitializer((float[])[binary.Threshold], [1, 1], "threshold", makeUniqueName: true)]);
                break;
            default:
                var task = (Records.Networks.Tasks.RegressionTask)columns.Model.Network.Task;
                var scaled = Node("Mul", "scaled", [outputs, context.AddInitializer((float[])[(float)task.StandardDeviation], [1, 1], "label.deviation", makeUniqueName: true)]);
                Column("Add", schema[names.Score], [scaled, context.AddInitializer((float[])[(float)task.Mean], [1, 1], "label.mean", makeUniqueName: true)]);
                break;
        }
    }

    private string Constant(string name, Google.Protobuf.Collections.RepeatedField<long> axes, float[] values) => axes.Count == 0
        ? context.AddInitializer(values[0], name, makeUniqueName: true)
        : context.AddInitializer(values, axes, name, makeUniqueName: true);

    private string Reshaped(string input, params long[] shape) =>
        Node("Reshape", "images", [input, context.AddInitializer(shape, [shape.Length], "images.shape", makeUniqueName: true)]);

    /// <summary>Adds a node whose output is a column.</summary>
    private void Column(string operation, DataViewSchema.Column column, IEnumerable<string> inputs, params (string Name, object Value)[] attributes) =>
        Node(operation, context.AddIntermediateVariable(column.Type, column.Name), inputs, attributes, isNew: false);

    private string Node(string operation, string output, IEnumerable<string> inputs, params (string Name, object Value)[] attributes) => Node(operation, output, inputs, attributes, isNew: true);

    private string Node(string operation, string output, IEnumerable<string> inputs, (string Name, object Value)[] attributes, bool isNew)
    {
        var name = isNew ? context.AddIntermediateVariable(null, output, true) : output;
        var node = context.CreateNode(operation, inputs, [name], context.GetNodeName(operation), "");
        foreach (var (key, value) in attributes)
        {
            switch (value)
            {
                case long number:
                    node.AddAttribute(key, number);
                    break;
                case long[] numbers:
                    node.AddAttribute(key, numbers);
                    break;
                case float number:
                    node.AddAttribute(key, (double)number);
                    break;
                default:
                    node.AddAttribute(key, (Type)value);
                    break;
            }
        }

        return name;
    }

    private void Copy(NodeProto node)
    {
        var attributes = node.Attribute.Select(attribute => (attribute.Name, attribute.Type switch
        {
            AttributeProto.Types.AttributeType.Ints => (object)attribute.Ints.ToArray(),
            AttributeProto.Types.AttributeType.Int => attribute.I,
            _ => attribute.F,
        })).ToArray();
        _names[node.Output[0]] = Node(node.OpType, node.Output[0], node.Input.Select(input => _names[input]), attributes);
    }
}
