using static TorchSharp.torch;

namespace ConvScope.Augmentation;

/// <summary>Mirrors some images, left for right.</summary>
/// <param name="Probability">Share of the images, above 0 to 1. Default 0.5.</param>
public sealed record Flip(double Probability = 0.5) : ImageAugmentation
{
    /// <inheritdoc />
    public override void Validate() => Check(Probability is > 0 and <= 1, nameof(Probability), Probability, "above 0 to 1");

    internal override AugmentedBatch Apply(AugmentedBatch batch, Draws draws)
    {
        var chosen = draws.Uniform(batch.Images.shape[0], 0, 1).lt(Probability).reshape(-1, 1, 1, 1);
        return batch with { Images = where(chosen, batch.Images.flip(3), batch.Images) };
    }
}
