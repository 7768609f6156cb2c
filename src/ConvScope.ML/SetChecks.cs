using ConvScope.ML.Internals;
using ConvScope.Measuring;
using ConvScope.Records.Networks;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.ML;

/// <summary>What is said of the sets of a training before its first step, once.</summary>
internal static class SetChecks
{
    private const long LargestSet = 1L << 30; // bytes that are compared at most

    private const double FarBelow = 0.05; // of what the normalisation takes for the brightest pixel

    /// <summary>Counts the validation images that are in the training set too.</summary>
    public static void Shared(TrainingImages train, TrainingImages? validation, TrainingHost host)
    {
        if (train is not LabeledImages { Images: { device_type: DeviceType.CPU } images } || validation is not LabeledImages { Images: { device_type: DeviceType.CPU } others } || images.dtype != others.dtype
            || (images.NumberOfElements + others.NumberOfElements) * images.ElementSize > LargestSet)
            return;
        var count = Math.Round(DataChecks.SharedImages(images, others) * validation.Count);
        if (count > 0)
            HostLog.Warn(host, FormattableString.Invariant($"{count} of {validation.Count} validation images are in the training set too, pixel for pixel: what is measured on them is better than on others."));
    }

    /// <summary>Tells of pixels whose range is not the one that the network's normalisation is made for.</summary>
    public static void Range(TrainingImages train, NetworkSpec network, TrainingHost host)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var (images, _) = train.First(256);
        if (images.dtype != ScalarType.Float32 || images.NumberOfElements == 0)
            return;
        var (lowest, highest) = (images.min().item<float>(), images.max().item<float>());
        var brightest = 1 / network.Normalization.Scale;
        if (network.Normalization.Scale < 1 && (lowest < -FarBelow * brightest || (highest > 0 && highest < FarBelow * brightest)))
            HostLog.Warn(host, FormattableString.Invariant($"The first pixels lie between {lowest:G3} and {highest:G3}; network '{network.Name}' takes 0 to {brightest:G3} and scales them itself. Leave scale and offset out of ExtractPixels, or describe the network with another Normalization."));
    }
}
