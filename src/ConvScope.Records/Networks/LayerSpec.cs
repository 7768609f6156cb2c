using System.Text.Json.Serialization;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Records.Networks;

/// <summary>
/// One layer of a network's description. It knows what it makes of an input shape, what it costs, and how it is built; it holds no weights.
/// </summary>
/// <param name="Name">Name of the layer, the prefix of its parameters' names: <c>conv1</c> gives <c>conv1.weight</c>. Dots make groups, as in PyTorch: <c>features.0</c>.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Conv2dLayer), "conv2d")]
[JsonDerivedType(typeof(ReluLayer), "relu")]
[JsonDerivedType(typeof(MaxPool2dLayer), "maxpool2d")]
[JsonDerivedType(typeof(FlattenLayer), "flatten")]
[JsonDerivedType(typeof(LinearLayer), "linear")]
[JsonDerivedType(typeof(BatchNorm2dLayer), "batchnorm2d")]
[JsonDerivedType(typeof(Relu6Layer), "relu6")]
[JsonDerivedType(typeof(DropoutLayer), "dropout")]
[JsonDerivedType(typeof(AvgPool2dLayer), "avgpool2d")]
[JsonDerivedType(typeof(AdaptiveAvgPool2dLayer), "adaptiveavgpool2d")]
[JsonDerivedType(typeof(AddLayer), "add")]
[JsonDerivedType(typeof(ConcatLayer), "concat")]
public abstract record LayerSpec(string Name)
{
    /// <summary>Name of the layer whose output this one takes; null for the layer before it, the first one for the images.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    /// <summary>What the layer is, as the layer table prints it: <c>Conv2d 5x5</c>.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

    /// <summary>The shape that the layer makes of <paramref name="input"/>, both without the batch axis.</summary>
    /// <exception cref="NetworkException">The layer cannot take this input; the message names the layer and both shapes.</exception>
    public abstract Shape OutputShape(Shape input);

    /// <summary>The tensors that are trained; none for most layers.</summary>
    public virtual IReadOnlyList<ParameterSpec> Parameters(Shape input) => [];

    /// <summary>Multiplications with an addition for one image; the bias is not counted.</summary>
    public virtual long MultiplyAdds(Shape input) => 0;

    /// <summary>The input's shape where maps are needed.</summary>
    private protected Shape Maps(Shape input) => input.IsMaps
        ? input
        : throw new NetworkException($"Layer '{Name}' expects maps [C, H, W]; it got {input}.");

    /// <summary>One axis after a sliding window, as PyTorch rounds it: floor((n + 2p − k) / s) + 1.</summary>
    private protected int Slide(Shape input, int length, int kernel, int stride, int padding)
    {
        var room = length + 2L * padding - kernel;
        if (room < 0)
            throw new NetworkException($"Layer '{Name}' has a window of {kernel}x{kernel} and padding {padding}; its input {input} is smaller.");
        return room / stride < int.MaxValue
            ? (int)(room / stride) + 1
            : throw new NetworkException($"Layer '{Name}' is too large: padding {padding} makes an axis of more than {int.MaxValue}.");
    }

    /// <summary>A shape that the layer makes or keeps.</summary>
    private protected Shape Sized(params ReadOnlySpan<int> axes)
    {
        try
        {
            return new Shape(axes);
        }
        catch (ArgumentException exception)
        {
            throw new NetworkException($"Layer '{Name}' is too large: {string.Join('x', axes.ToArray())} is more than {int.MaxValue} values.", exception);
        }
    }

    /// <summary>Checks a size that a layer was described with.</summary>
    private protected int AtLeast(int smallest, int value, string what) => value >= smallest
        ? value
        : throw new NetworkException($"Layer '{Name}' needs {what} of at least {smallest}; it got {value}.");
}
