using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace ConvScope.Attribution;

/// <summary>
/// Integrated gradients: the gradient's mean on the straight way from a baseline image to the image, times the difference of the two, summed over the channels. Complete: the pixels' values sum to the
/// difference of the two logits, up to the error of the integral. Sundararajan et al., "Axiomatic Attribution for Deep Networks", 2017, equation 3, with the midpoint rule.
/// </summary>
public sealed record IntegratedGradients : AttributionMethod
{
    private const int MostDoublings = 5;

    /// <summary>Steps of the integral, 1 to 10,000. Default 64. Images that miss <see cref="Tolerance"/> are taken again with twice as many, at most five times.</summary>
    public int Steps { get; init; } = 64;

    /// <summary>How far the sum of the pixels may be from the difference of the logits, as a fraction of that difference; positive. Default 0.01.</summary>
    public double Tolerance { get; init; } = 0.01;

    /// <summary>Raw value of every pixel of the baseline image. Default 0, black.</summary>
    public double Baseline { get; init; }

    /// <inheritdoc />
    [JsonIgnore]
    public override string Name => "integrated gradients";

    /// <inheritdoc />
    public override void Validate()
    {
        if (Steps is < 1 or > 10_000)
            throw new ArgumentException($"Integrated gradients take 1 to 10000 steps; it got {Steps}.", nameof(Steps));
        if (!(Tolerance > 0))
            throw new ArgumentException($"The tolerance of integrated gradients is positive; it got {Tolerance}.", nameof(Tolerance));
        if (!double.IsFinite(Baseline))
            throw new ArgumentException("The baseline of integrated gradients is a finite number.", nameof(Baseline));
    }

    internal override Tensor Map(ObservedNetwork network, Tensor images, Tensor? classes)
    {
        using var untracked = no_grad();
        var logits = network.Logits(images);
        classes ??= logits.argmax(1); // the image's own class all the way
        var difference = Chosen(logits, classes).sub(Chosen(network.Logits(full_like(images, Baseline)), classes)); // [N]
        var maps = Integrate(network, images, classes, Steps); // [N, H, W]
        for (var doubling = 1; doubling <= MostDoublings; doubling++)
        {
            var rough = maps.sum([1, 2]).sub(difference).abs().gt(difference.abs().mul(Tolerance)).nonzero().squeeze(1);
            if (rough.NumberOfElements == 0)
                break;
            maps.index_copy_(0, rough, Integrate(network, images.index_select(0, rough), classes.index_select(0, rough), Steps << doubling));
        }

        return maps;
    }

    private Tensor Integrate(ObservedNetwork network, Tensor images, Tensor classes, int steps)
    {
        var way = images.sub(Baseline); // [N, C, H, W]
        var sum = zeros_like(images);
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            sum.add_(GradientByPixels(network, way.mul((step + 0.5) / steps).add(Baseline), classes));
        }

        return sum.div(steps).mul(way).sum(1);
    }
}
