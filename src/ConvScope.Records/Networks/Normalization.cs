using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks;

/// <summary>
/// How raw pixels become network input, channel by channel: <c>(pixel × Scale − Mean[c]) / StandardDeviation[c]</c>. It is part of the network,
/// so a saved model takes the same pixels that it was trained on.
/// </summary>
public sealed record Normalization
{
    /// <summary>Makes a normalisation; mean and standard deviation refer to scaled pixels.</summary>
    /// <param name="scale">Factor on the raw pixel: 1/255 for bytes, 1 for values that are already 0 to 1. Positive.</param>
    /// <param name="mean">Mean of each channel after scaling; one entry a channel.</param>
    /// <param name="standardDeviation">Standard deviation of each channel after scaling; positive, one entry a channel.</param>
    /// <exception cref="ArgumentException">A value is not finite or not positive where it must be, or the two lists differ in length.</exception>
    [JsonConstructor]
    public Normalization(double scale, IReadOnlyList<double> mean, IReadOnlyList<double> standardDeviation)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(standardDeviation);
        if (!double.IsFinite(scale) || scale <= 0)
            throw new ArgumentException($"The scale of a normalisation is positive; it got {scale}.", nameof(scale));
        if (mean.Count == 0 || mean.Count != standardDeviation.Count)
            throw new ArgumentException($"A normalisation needs one mean and one standard deviation a channel; it got {mean.Count} and {standardDeviation.Count}.", nameof(mean));
        if (!mean.All(double.IsFinite) || !standardDeviation.All(value => double.IsFinite(value) && value > 0))
            throw new ArgumentException("Means are finite and standard deviations positive.", nameof(standardDeviation));
        Scale = scale;
        Mean = mean;
        StandardDeviation = standardDeviation;
    }

    /// <summary>Factor on the raw pixel.</summary>
    public double Scale { get; }

    /// <summary>Mean of each channel after scaling.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>Standard deviation of each channel after scaling.</summary>
    public IReadOnlyList<double> StandardDeviation { get; }

    /// <summary>Bytes to 0..1, then MNIST's mean 0.1307 and standard deviation 0.3081 over its training images.</summary>
    public static Normalization Mnist { get; } = new(1.0 / 255, [0.1307], [0.3081]);

    /// <summary>Bytes to 0..1, then Fashion-MNIST's mean 0.2860 and standard deviation 0.3530 over its training images.</summary>
    public static Normalization FashionMnist { get; } = new(1.0 / 255, [0.2860], [0.3530]);

    /// <summary>Bytes to 0..1, then CIFAR-10's means and standard deviations of red, green and blue over its training images.</summary>
    public static Normalization Cifar10 { get; } = new(1.0 / 255, [0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]);

    /// <summary>Bytes to 0..1, then ImageNet's means and standard deviations of red, green and blue, as torchvision's weights expect them.</summary>
    public static Normalization ImageNet { get; } = new(1.0 / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// <summary>Bytes to −1..1 in every channel, for images whose statistics are not known.</summary>
    /// <param name="channels">Number of channels, at least 1.</param>
    public static Normalization Centred(int channels) =>
        new(1.0 / 255, [.. Enumerable.Repeat(0.5, channels)], [.. Enumerable.Repeat(0.5, channels)]);
}
