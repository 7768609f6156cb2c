using static TorchSharp.torch;

namespace ConvScope.Augmentation;

/// <summary>
/// Mixes each image with another one of the batch, and the loss with that of the other's label: one share a batch, that of the image itself never below a half. Zhang et al., "mixup: Beyond Empirical Risk
/// Minimization", 2018, with a share that is uniform between 1 − <paramref name="Most"/> and 1 in place of a beta distribution.
/// </summary>
/// <param name="Most">Largest share of the other image, above 0 to 0.5. Default 0.2.</param>
public sealed record MixUp(double Most = 0.2) : ImageAugmentation
{
    /// <inheritdoc />
    public override void Validate() => Check(Most is > 0 and <= 0.5, nameof(Most), Most, "above 0 to 0.5");

    internal override AugmentedBatch Apply(AugmentedBatch batch, Draws draws)
    {
        var share = 1 - Most * draws.Single();
        var others = draws.Order(batch.Images.shape[0]);
        return batch with
        {
            Images = batch.Images.mul(share).add(batch.Images.index_select(0, others).mul(1 - share)),
            MixedLabels = batch.Labels.index_select(0, others),
            MixedWeights = batch.Weights?.index_select(0, others),
            Share = share,
        };
    }
}
