using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Onnx;

/// <summary>Opens ONNX files: the initializers of the graph are the tensors. Source: <c>onnx.proto</c> of ONNX, whose field numbers these are.</summary>
internal static class OnnxFile
{
    private const int MostTensors = 1 << 15;
    private const int MostTexts = 1000;

    /// <summary>Whether a file begins with the version of the format, as every known writer has it, and a field behind it.</summary>
    public static bool IsLikely(ReadOnlySpan<byte> first) => first is [0x08, > 0 and < 0x20, 0x12 or 0x1a or 0x22 or 0x28 or 0x32 or 0x3a or 0x42 or 0x72, ..];

    /// <summary>Whether a file is a sequence of a model's fields to its end, a graph among them, in whatever order.</summary>
    public static bool IsModel(SafeFileHandle file, string path)
    {
        try
        {
            return Graph(new FileWindow(file, path)) is not null;
        }
        catch (DamagedFileException)
        {
            return false;
        }
    }

    /// <summary>Reads the initializers; their values stay in the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its name.</param>
    /// <param name="metadata">Gets the texts that the model carries.</param>
    /// <param name="leftOut">Gets what cannot be read.</param>
    /// <param name="beside">Gets the files beside it that hold values; the caller disposes them.</param>
    public static OrderedDictionary<object, object?> Read(SafeFileHandle file, string path, Dictionary<string, string> metadata, List<string> leftOut, List<IDisposable> beside)
    {
        var window = new FileWindow(file, path);
        var root = new OrderedDictionary<object, object?>();
        var tensors = new OnnxTensors(file, window, beside);
        var graph = Graph(window, metadata) ?? throw window.Broken(0, "the model has no graph");
        var count = 0;
        while (graph.Next())
        {
            if (!graph.IsBytes(5))
            {
                if (graph.IsBytes(15))
                    leftOut.Add("a sparse initializer, which is not read");
                continue;
            }

            if (++count > MostTensors)
                throw window.Broken(graph.Begin, $"the graph has more than {MostTensors} initializers");
            var (name, tensor, reason) = tensors.Read(graph.Message(), graph.Begin);
            if (name.Length == 0)
                name = $"initializer {count}";
            if (tensor is not null)
                root[name] = tensor.Named(name);
            else
                leftOut.Add($"{name}: {reason}");
        }

        return root;
    }

    /// <summary>The graph of a model.</summary>
    internal static WireReader? Graph(FileWindow window, Dictionary<string, string>? metadata = null)
    {
        WireReader? graph = null;
        var model = new WireReader(window, 0, window.Length);
        while (model.Next())
        {
            if (model.Field is > 14 and not (20 or 25 or 26) || (model.Field is 1 or 5) != (model.Wire == 0))
                throw window.Broken(model.Begin, $"a model has no field {model.Field} of wire type {model.Wire}");
            if (model.IsBytes(7))
                graph = model.Message();
            else if (model.IsBytes(14) && metadata?.Count < MostTexts)
                Add(metadata, model.Message());
        }

        return graph;
    }

    private static void Add(Dictionary<string, string> metadata, WireReader entry)
    {
        var (key, value) = ("", "");
        while (entry.Next())
        {
            if (entry.IsBytes(1))
                key = entry.Text();
            else if (entry.IsBytes(2))
                value = entry.Text();
        }

        metadata[key] = value;
    }
}
