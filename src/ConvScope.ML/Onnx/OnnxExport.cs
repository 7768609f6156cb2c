using System.Reflection;
using System.Text.Json;
using ConvScope.ML.Labels;
using ConvScope.ML.Onnx.Format;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Networks.Tasks;
using Google.Protobuf;

namespace ConvScope.ML.Onnx;

/// <summary>Writes a described network with its weights as an ONNX file, which ONNX Runtime and <c>mlContext.Transforms.ApplyOnnxModel</c> run without libtorch.</summary>
public static class OnnxExport
{
    /// <summary>Name of the metadata entry that holds the class names, a JSON array of texts.</summary>
    public const string ClassesKey = "classes";

    /// <summary>Name of the input where nothing else is asked for.</summary>
    internal const string InputName = "Features";

    /// <summary>Name of the predictions where nothing else is asked for.</summary>
    internal const string OutputName = "Score";

    /// <summary>Name of the network's outputs as they are, in a graph that is run here.</summary>
    internal const string RawName = "Outputs";

    private const int Opset = 13; // run by every ONNX Runtime since 1.8
    private const int IrVersion = 7; // of the ONNX release with that opset

    /// <summary>Writes a file: raw pixels <c>[N, C, H, W]</c> as 32-bit floats in, probabilities <c>[N, K]</c> out, that of yes <c>[N, 1]</c> for a binary classifier, or values <c>[N, 1]</c> in the label's unit for a regression; N is free. Normalisation and what makes predictions of the network's outputs are part of it.</summary>
    /// <param name="path">The file to write, beside and renamed; an existing one is replaced.</param>
    /// <param name="network">The network's description.</param>
    /// <param name="weights">Its parameters and running statistics, by PyTorch's names; counters of batches may be missing.</param>
    /// <param name="classNames">Names of the classes, kept in the file's metadata; null for their numbers. A regression has none.</param>
    /// <param name="inputName">Name of the input, which ML.NET takes for a column.</param>
    /// <param name="outputName">Name of the output.</param>
    /// <exception cref="InvalidDataException">A weight is missing, left over, or of another shape; the message names the first of them, and the network of the zoo that they fit.</exception>
    /// <exception cref="NotSupportedException">A layer has no counterpart in ONNX; the message names it.</exception>
    /// <exception cref="NonFiniteWeightsException">Weights are NaN or infinite; nothing is written.</exception>
    public static void Write(
        string path, NetworkSpec network, IReadOnlyList<StoredTensor> weights, IReadOnlyList<string>? classNames = null, string inputName = InputName, string outputName = OutputName)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentException.ThrowIfNullOrWhiteSpace(inputName);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputName);
        WeightFit.Check(network, weights);
        NonFiniteWeightsException.ThrowIfAny(NonFiniteWeights.Find(weights), $"Network '{network.Name}'");
        var model = Model(Graph(network, weights, inputName, outputName));
        if (network.Task.HasClasses)
            Add(ClassesKey, JsonSerializer.Serialize(classNames ?? ClassLabels.Of(network).Names));
        Add("network", network.Name);
        Add("task", network.Task.Name);
        WholeFile.Write(path, model.WriteTo);

        void Add(string key, string value) => model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
    }

    /// <summary>A graph that gives both predictions and the network's outputs as they are.</summary>
    /// <exception cref="NotSupportedException">A layer has no counterpart in ONNX; the message names it.</exception>
    internal static byte[] ToBytes(NetworkSpec network, IReadOnlyList<StoredTensor> weights) => Model(Graph(network, weights, InputName, OutputName, RawName)).ToByteArray();

    private static ModelProto Model(GraphProto graph)
    {
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "ConvScope", ProducerVersion = Version(), Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        return model;
    }

    private static GraphProto Graph(NetworkSpec network, IReadOnlyList<StoredTensor> weights, string inputName, string outputName, string? rawName = null)
    {
        var graph = new OnnxGraph();
        graph.Graph.Name = network.Name;
        var input = network.Input;
        graph.Graph.Input.Add(OnnxGraph.Value(inputName, input.Channels, input.Height, input.Width));
        graph.Graph.Output.Add(OnnxGraph.Value(outputName, network.Outputs));

        var last = AddOutputs(graph, network, weights, inputName);
        if (rawName is not null)
        {
            graph.Graph.Output.Add(OnnxGraph.Value(rawName, network.Outputs));
            graph.Add("Identity", rawName, [last]);
        }

        switch (network.Task)
        {
            case BinaryTask:
                graph.Add("Sigmoid", outputName, [last]);
                break;
            case RegressionTask regression:
                var deviation = graph.Constant("label.deviation", [1, 1], [(float)regression.StandardDeviation]);
                var mean = graph.Constant("label.mean", [1, 1], [(float)regression.Mean]);
                graph.Add("Add", outputName, [graph.Add("Mul", "label.scaled", [last, deviation]), mean]);
                break;
            default:
                graph.Add("Softmax", outputName, [last], OnnxGraph.Int("axis", 1));
                break;
        }

        return graph.Graph;
    }

    /// <summary>Adds normalisation and layers to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="network">The network's description.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="input">Name of the raw pixels, <c>[N, C, H, W]</c>.</param>
    /// <returns>Name of the network's outputs as they are.</returns>
    internal static string AddOutputs(OnnxGraph graph, NetworkSpec network, IReadOnlyList<StoredTensor> weights, string input)
    {
        var normalization = network.Normalization;
        long[] perChannel = [1, network.Input.Channels, 1, 1];
        var factor = graph.Constant("normalization.factor", perChannel, [.. normalization.StandardDeviation.Select(deviation => (float)(normalization.Scale / deviation))]);
        var shift = graph.Constant("normalization.shift", perChannel, [.. normalization.Mean.Zip(normalization.StandardDeviation, (mean, deviation) => (float)(mean / deviation))]);
        var last = graph.Add("Sub", "normalization", [graph.Add("Mul", "normalization.scaled", [input, factor]), shift]);

        var layers = new OnnxLayers(graph, weights.DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal));
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in network.Table)
        {
            var from = row.Layer.From is { } name ? outputs[name] : last;
            last = outputs[row.Layer.Name] = layers.Add(row, row.Layer is JoiningLayer join ? [from, .. join.With.Select(other => outputs[other])] : [from]);
        }

        return last;
    }

    private static string Version() => typeof(OnnxExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
