namespace ConvScope.Records.Checkpoints.Onnx;

/// <summary>An operator of an ONNX graph.</summary>
/// <param name="Operation">What it does: <c>Conv</c>.</param>
/// <param name="Inputs">Names of the values that it takes; empty for one that is left out.</param>
/// <param name="Outputs">Names of the values that it makes.</param>
/// <param name="Numbers">Its attributes that are whole numbers, one or several.</param>
internal sealed record OnnxNode(string Operation, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyDictionary<string, long[]> Numbers)
{
    private const int MostNodes = 1 << 15;
    private const int MostNames = 1 << 10;
    private const int MostNumbers = 64;

    /// <summary>Reads the operators of a file, in its order, and the names of the graph's inputs.</summary>
    /// <exception cref="Files.DamagedFileException">The file is malformed, or has more operators than are read.</exception>
    public static (IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<string> Inputs) Read(FileWindow file)
    {
        var (nodes, inputs) = (new List<OnnxNode>(), new List<string>());
        var graph = OnnxFile.Graph(file) ?? throw file.Broken(0, "the model has no graph");
        while (graph.Next())
        {
            if (graph.IsBytes(1))
                nodes.Add(Node(graph.Message()));
            else if (graph.IsBytes(11))
                inputs.Add(Name(graph.Message()));
            if (nodes.Count > MostNodes || inputs.Count > MostNodes)
                throw file.Broken(graph.Begin, $"the graph has more than {MostNodes} operators");
        }

        return (nodes, inputs);
    }

    /// <summary>The attribute of that name where it is one number, or several that are equal; else null.</summary>
    public long? Number(string name, long? otherwise = null) =>
        !Numbers.TryGetValue(name, out var numbers) ? otherwise : numbers is [var first, ..] && Array.TrueForAll(numbers, number => number == first) ? first : null;

    private static OnnxNode Node(WireReader message)
    {
        var (operation, inputs, outputs, numbers) = ("", new List<string>(), new List<string>(), new Dictionary<string, long[]>(StringComparer.Ordinal));
        while (message.Next())
        {
            if (message.IsBytes(1) && inputs.Count < MostNames)
                inputs.Add(message.Text());
            else if (message.IsBytes(2) && outputs.Count < MostNames)
                outputs.Add(message.Text());
            else if (message.IsBytes(4))
                operation = message.Text();
            else if (message.IsBytes(5) && numbers.Count < MostNumbers)
                Attribute(numbers, message.Message());
        }

        return new OnnxNode(operation, inputs, outputs, numbers);
    }

    private static void Attribute(Dictionary<string, long[]> numbers, WireReader message)
    {
        var (name, values) = ("", new List<long>());
        while (message.Next())
        {
            if (message.IsBytes(1))
                name = message.Text();
            else if (message.Field is 3 or 8 && message.Wire is 0 or 2)
                message.Numbers(values, 1 << 12);
        }

        if (values.Count > 0)
            numbers[name] = [.. values];
    }

    private static string Name(WireReader message)
    {
        var name = "";
        while (message.Next())
        {
            if (message.IsBytes(1))
                name = message.Text();
        }

        return name;
    }
}
