using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;
using static TorchSharp.torch;

namespace ConvScope.Attribution;

/// <summary>
/// A way to say which pixels of an image speak for a class: one number a pixel, of the image's height and width. What is explained is the class's logit, the network's output before the softmax; of a described binary classifier the one output for yes (class 1) and its negative for no (class 0), of a regression the output (class 0).
/// </summary>
/// <remarks>A method is a value: immutable, and free to be shared between threads.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "method")]
[JsonDerivedType(typeof(GradCam), "gradcam")]
[JsonDerivedType(typeof(GradCamPlusPlus), "gradcam++")]
[JsonDerivedType(typeof(InputGradient), "inputgradient")]
[JsonDerivedType(typeof(IntegratedGradients), "integratedgradients")]
[JsonDerivedType(typeof(Occlusion), "occlusion")]
public abstract record AttributionMethod
{
    /// <summary>The method's name as figures print it: <c>Grad-CAM</c>.</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    /// <summary>Attributes the logit of a class to the pixels of each image.</summary>
    /// <param name="network">Gives logits <c>[N, K]</c> for images <c>[N, C, H, W]</c>; best in evaluation mode. Its parameters' gradients are left as they are.</param>
    /// <param name="images">Raw pixels, <c>[N, C, H, W]</c>, on the network's device.</param>
    /// <param name="classes">The class that is explained, one an image: indices from 0, <c>[N]</c>, 64-bit integers. Null for the class with the largest logit.</param>
    /// <returns>32-bit floats <c>[N, H, W]</c>, on the network's device; what they mean is said by the method. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">
    /// Images or classes are of another shape or type, or on another device than the network.
    /// </exception>
    /// <exception cref="NetworkException">
    /// The method names a layer that the network lacks, or one that gives no maps; or there is no gradient for it to take, because the
    /// network cuts it off; or torch refuses, and the message says why.
    /// </exception>
    /// <remarks>
    /// A network made from a <see cref="NetworkSpec"/> may be attributed on several threads at once. One of your own is observed through hooks meanwhile, so one thread at a time.
    /// </remarks>
    public Tensor Attribute(nn.Module<Tensor, Tensor> network, Tensor images, Tensor? classes = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(images);
        return Attribute(network, TaskTensors.Of(network, null), images, classes);
    }

    /// <summary>The same for a network without a description, whose task is said.</summary>
    internal Tensor Attribute(nn.Module<Tensor, Tensor> network, LearningTask task, Tensor images, Tensor? classes)
    {
        TorchRuntime.Load();
        Validate();
        if (images.dim() != 4 || images.shape[0] == 0)
            throw new ArgumentException($"Images are [N, C, H, W] with at least one image; they are [{string.Join(", ", images.shape)}].", nameof(images));
        if (classes is not null && (classes.dim() != 1 || classes.shape[0] != images.shape[0] || classes.dtype != ScalarType.Int64))
            throw new ArgumentException($"Classes are one 64-bit integer an image, [{images.shape[0]}]; they are {classes.dtype} [{string.Join(", ", classes.shape)}].", nameof(classes));

        if (Devices.Difference(network, images.device) is { } difference)
            throw new ArgumentException(difference, nameof(images));
        if (classes is not null && !Devices.IsSame(classes.device, images.device))
        {
            throw new ArgumentException(
                $"The images are on {images.device}, the classes on {classes.device}; both go to the network's device.", nameof(classes));
        }

        using var scope = NewDisposeScope();
        using var tracking = inference_mode(false); // a caller who is in it may ask too; by such tensors no gradient may be taken: copies
        var pixels = images.detach().to(ScalarType.Float32, copy: true);
        classes = classes?.clone();
        try
        {
            return Map(new ObservedNetwork(network, task), pixels, classes).detach().MoveToOuterDisposeScope(); // [N, H, W]
        }
        catch (ExternalException exception) // what libtorch says; its first line is the message, the rest a native stack
        {
            throw new NetworkException($"{Name} could not be computed for this network. {exception.Message.Split('\n')[0]}", exception);
        }
    }

    /// <summary>Checks the method's settings.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public virtual void Validate()
    {
    }

    /// <summary>Checks the settings against the network that they are meant for.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    /// <exception cref="NetworkException">The method names a layer that the network lacks, or one that gives no maps.</exception>
    internal virtual void Check(NetworkSpec network) => Validate();

    /// <summary>The settings as JSON, the form in which they are kept with a model.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Reads settings that <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The text is none.</exception>
    internal static AttributionMethod FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<AttributionMethod>(json) ?? throw new JsonException("The text is empty.");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"The text is no method of attribution: {exception.Message}", exception);
        }
    }

    /// <summary>Attributes images that were checked, 32-bit floats, in the dispose scope that is open.</summary>
    internal abstract Tensor Map(ObservedNetwork network, Tensor images, Tensor? classes);

    /// <summary>The gradient of each image's logit by its raw pixels, <c>[N, C, H, W]</c>.</summary>
    private protected Tensor GradientByPixels(ObservedNetwork network, Tensor images, Tensor? classes)
    {
        using var tracked = enable_grad();
        var leaf = images.detach().requires_grad_(true);
        return Gradient(Chosen(network.Logits(leaf), classes), leaf, "the images");
    }

    /// <summary>
    /// The gradient of each image's logit by what it was computed from; images do not touch each other, so that of the sum gives each its
    /// own.
    /// </summary>
    /// <param name="logits">The logits, <c>[N]</c>.</param>
    /// <param name="source">What they were computed from, <c>[N, …]</c>.</param>
    /// <param name="words">That in words.</param>
    /// <returns>Of the shape of <paramref name="source"/>.</returns>
    /// <exception cref="NetworkException">There is none.</exception>
    private protected Tensor Gradient(Tensor logits, Tensor source, string words) => GuardedGradient.Of(logits.sum(), [source])[0]
        ?? throw new NetworkException($"{Name} needs the gradient of the outputs by {words}, and there is none: the network cuts it off, "
            + "such as with detach() or no_grad() in its forward, or its outputs do not depend on them. Occlusion needs no gradient.");

    /// <summary>The logit of each image's class, <c>[N]</c>.</summary>
    private protected static Tensor Chosen(Tensor logits, Tensor? classes)
    {
        if (logits.dim() != 2)
            throw new NetworkException($"Attribution needs a network that gives one value a class, [N, K]; this one gives [{string.Join(", ", logits.shape)}].");
        return logits.gather(1, (classes ?? logits.detach().argmax(1)).unsqueeze(1)).squeeze(1);
    }
}
