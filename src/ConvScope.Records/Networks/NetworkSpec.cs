using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Networks.Tasks;

namespace ConvScope.Records.Networks;

/// <summary>
/// A network, described once: input shape, normalisation and an immutable list of layers. From the description come the TorchSharp module, the layer table,
/// the JSON that is kept with a model, and the checks of the input. It holds no weights and may be shared between threads.
/// </summary>
public sealed class NetworkSpec
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(LeaveOutImpliedTask),
    };

    /// <summary>Describes a network; every layer is checked against what comes before it.</summary>
    /// <param name="name">Name of the architecture, such as <c>LeNet-5</c>.</param>
    /// <param name="input">Shape of one image, <c>[C, H, W]</c>.</param>
    /// <param name="normalization">How raw pixels become network input; one entry a channel.</param>
    /// <param name="layers">The layers in the order in which data pass them, with distinct names; the last one gives one value a class, or a single value for binary classification and regression.</param>
    /// <param name="initialization">How the weights of a fresh network are drawn.</param>
    /// <param name="task">What the outputs mean; null for binary classification where there is one, else for multiclass classification.</param>
    /// <exception cref="NetworkException">The layers do not fit together; the message names the layer.</exception>
    [JsonConstructor]
    public NetworkSpec(string name, Shape input, Normalization normalization, IReadOnlyList<LayerSpec> layers, Initialization initialization = Initialization.Uniform, LearningTask? task = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(normalization);
        ArgumentNullException.ThrowIfNull(layers);
        if (!input.IsMaps)
            throw new NetworkException($"Network '{name}' expects images of shape [C, H, W]; it got {input}.");
        if (normalization.Mean.Count != input.Channels)
            throw new NetworkException($"Network '{name}' takes {input.Channels} channels; its normalisation has {normalization.Mean.Count}.");
        Name = name;
        Input = input;
        Normalization = normalization;
        Initialization = initialization;
        Layers = [.. layers];
        Table = MeasureLayers();
        Task = task ?? LearningTask.Implied(Outputs);
        if (task?.Fits(Outputs) == false)
            throw new NetworkException($"Network '{name}' has {Outputs} output{(Outputs == 1 ? "" : "s")}; {task} needs {(task is MulticlassTask ? "at least 2" : "1")}.");
    }

    /// <summary>Name of the architecture.</summary>
    public string Name { get; }

    /// <summary>Shape of one image, <c>[C, H, W]</c>.</summary>
    public Shape Input { get; }

    /// <summary>How raw pixels become network input.</summary>
    public Normalization Normalization { get; }

    /// <summary>How the weights of a fresh network are drawn.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Initialization>)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Initialization Initialization { get; }

    /// <summary>The layers in forward order.</summary>
    public IReadOnlyList<LayerSpec> Layers { get; }

    /// <summary>The layers with their shapes and costs, in forward order.</summary>
    [JsonIgnore]
    public IReadOnlyList<LayerRow> Table { get; }

    /// <summary>What the outputs mean.</summary>
    public LearningTask Task { get; }

    /// <summary>Length of the last layer's output: one value a class, or 1 for binary classification and regression.</summary>
    [JsonIgnore]
    public int Outputs => Table[^1].Output.Count;

    /// <summary>Number of classes <c>K</c> that the network tells apart: <see cref="Outputs"/> for multiclass classification, 2 for binary classification, 0 for regression.</summary>
    [JsonIgnore]
    public int ClassCount => Task.ClassCount(Outputs);

    /// <summary>Number of trained values, biases included.</summary>
    [JsonIgnore]
    public long ParameterCount => Table.Sum(row => row.ParameterCount);

    /// <summary>Multiplications with an addition for one image, biases not counted.</summary>
    [JsonIgnore]
    public long MultiplyAdds => Table.Sum(row => row.MultiplyAdds);

    /// <summary>Number of values that all layers give for one image, what a training keeps for the backward pass.</summary>
    [JsonIgnore]
    public long OutputCount => Table.Sum(row => (long)row.Output.Count);

    /// <summary>Reads a description that <see cref="ToJson"/> wrote; it is checked as if it were written by hand.</summary>
    /// <exception cref="NetworkException">The text is not a description, or its layers do not fit together.</exception>
    public static NetworkSpec FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<NetworkSpec>(json, _json) ?? throw new JsonException("The text is empty.");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException || (exception is ArgumentException && exception is not NetworkException))
        {
            throw new NetworkException($"The text is no description of a network: {exception.Message}", exception);
        }
    }

    /// <summary>The same network for another task: <c>LeNet5.Create(1).For(new RegressionTask())</c>.</summary>
    /// <param name="task">What the outputs mean.</param>
    /// <exception cref="NetworkException">The network has another number of outputs than the task needs.</exception>
    public NetworkSpec For(LearningTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task == Task ? this : new NetworkSpec(Name, Input, Normalization, Layers, Initialization, task);
    }

    /// <summary>The description as JSON, the form in which it is kept with a model or a checkpoint.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, _json);

    /// <summary>Checks what images would be fed to the network.</summary>
    /// <exception cref="NetworkException">The shape is not <see cref="Input"/>.</exception>
    public void CheckInput(Shape image)
    {
        if (!Input.Equals(image))
            throw new NetworkException($"Network '{Name}' expects images of {Input}; it got {image}.");
    }

    /// <summary>The layer table as text: name, kind, output shape, parameters and multiply-adds of each layer, the totals, and the memory of weights and outputs in 32-bit floats.</summary>
    public override string ToString() => LayerTable.Write(this);

    private static void LeaveOutImpliedTask(JsonTypeInfo type)
    {
        if (type.Type == typeof(NetworkSpec))
            type.Properties.Single(property => property.Name == "task").ShouldSerialize = (spec, task) => !LearningTask.Implied(((NetworkSpec)spec).Outputs).Equals(task);
    }

    private List<LayerRow> MeasureLayers()
    {
        if (Layers.Count == 0)
            throw new NetworkException($"Network '{Name}' has no layers.");
        var outputs = new Dictionary<string, Shape>(StringComparer.Ordinal);
        var shape = Input;
        var rows = new List<LayerRow>(Layers.Count);
        foreach (var layer in Layers)
        {
            if (layer is null)
                throw new NetworkException($"Network '{Name}' has a layer that is null, the one at index {rows.Count}.");
            if (string.IsNullOrWhiteSpace(layer.Name) || layer.Name.Split('.').Any(part => part.Length == 0) || outputs.ContainsKey(layer.Name))
                throw new NetworkException($"Network '{Name}' needs a name of its own for each layer; '{layer.Name}' is empty, has an empty part or occurs twice.");
            Shape Output(string name) => outputs.GetValueOrDefault(name) ?? throw new NetworkException($"Layer '{layer.Name}' takes the output of '{name}', which is no layer before it.");
            shape = layer.From is null ? shape : Output(layer.From);
            var output = layer is JoiningLayer join ? join.OutputShape([shape, .. join.With.Select(Output)]) : layer.OutputShape(shape);
            outputs[layer.Name] = output;
            rows.Add(new LayerRow(layer, shape, output, layer.Parameters(shape).Sum(parameter => (long)parameter.Shape.Count), layer.MultiplyAdds(shape)));
            shape = output;
        }

        if (outputs.Keys.FirstOrDefault(name => outputs.Keys.Any(other => other.StartsWith($"{name}.", StringComparison.Ordinal))) is { } group)
            throw new NetworkException($"Network '{Name}' has a layer '{group}' and layers inside a group of that name.");
        return shape.Axes.Length == 1
            ? rows
            : throw new NetworkException($"Network '{Name}' must end in one value a class; its last layer '{Layers[^1].Name}' gives {shape}.");
    }
}
