using static TorchSharp.torch;

namespace ConvScope.Augmentation;

/// <summary>
/// Covers a rectangle of some images with black, at any place wholly inside. Zhong et al., "Random Erasing Data Augmentation", 2020. With a probability of 1, an aspect of 1 and equal areas it is cut-out:
/// <see cref="CutOut"/>.
/// </summary>
public sealed record RandomErasing : ImageAugmentation
{
    /// <summary>Share of the images, above 0 to 1. Default 0.5.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>Smallest share of the image's area that is covered, above 0. Default 0.02.</summary>
    public double SmallestArea { get; init; } = 0.02;

    /// <summary>Largest share of the area, from the smallest to 1. Default 0.33.</summary>
    public double LargestArea { get; init; } = 0.33;

    /// <summary>Largest ratio of the rectangle's height to its width, at least 1; the smallest is its reciprocal. Default 3.3.</summary>
    public double Aspect { get; init; } = 3.3;

    /// <summary>Cut-out: one square of every image. DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017, but always wholly inside.</summary>
    /// <param name="area">Share of the image's area, above 0 to 1.</param>
    public static RandomErasing CutOut(double area) => new() { Probability = 1, SmallestArea = area, LargestArea = area, Aspect = 1 };

    /// <inheritdoc />
    public override void Validate()
    {
        Check(Probability is > 0 and <= 1, nameof(Probability), Probability, "above 0 to 1");
        Check(SmallestArea is > 0 and <= 1, nameof(SmallestArea), SmallestArea, "above 0 to 1");
        Check(LargestArea >= SmallestArea && LargestArea <= 1, nameof(LargestArea), LargestArea, "from the smallest area to 1");
        Check(double.IsFinite(Aspect) && Aspect >= 1, nameof(Aspect), Aspect, "at least 1");
    }

    internal override AugmentedBatch Apply(AugmentedBatch batch, Draws draws)
    {
        var shape = batch.Images.shape;
        long count = shape[0], height = shape[2], width = shape[3];
        var isChosen = draws.Uniform(count, 0, 1).lt(Probability);
        var area = draws.Uniform(count, SmallestArea, LargestArea).mul(height * width);
        var aspect = draws.Uniform(count, -Math.Log(Aspect), Math.Log(Aspect)).exp(); // as often high as wide
        var isRow = Covered(area.mul(aspect).sqrt(), height); // [N, H]
        var isColumn = Covered(area.div(aspect).sqrt(), width); // [N, W]
        var isCovered = isRow.unsqueeze(2).logical_and(isColumn.unsqueeze(1)).logical_and(isChosen.reshape(-1, 1, 1)).unsqueeze(1);
        return batch with { Images = batch.Images.masked_fill(isCovered, 0) };

        Tensor Covered(Tensor length, long side)
        {
            length = length.round().clamp(1, side);
            var first = draws.Uniform(count, 0, 1).mul(length.neg().add(side + 1)).floor();
            var places = arange(side, ScalarType.Float32, batch.Images.device).unsqueeze(0);
            return places.ge(first.unsqueeze(1)).logical_and(places.lt(first.add(length).unsqueeze(1)));
        }
    }
}
