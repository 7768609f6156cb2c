using static TorchSharp.torch;

namespace ConvScope.Augmentation;

/// <summary>Moves each image by whole pixels, up to a limit on each axis; what comes in is black. The same as a random crop of the image padded by as many pixels.</summary>
/// <param name="Pixels">The limit, at least 1 and below the image's sides.</param>
public sealed record Shift(int Pixels) : ImageAugmentation
{
    /// <inheritdoc />
    public override void Validate() => Check(Pixels >= 1, nameof(Pixels), Pixels, "at least 1");

    internal override AugmentedBatch Apply(AugmentedBatch batch, Draws draws)
    {
        var shape = batch.Images.shape;
        long count = shape[0], channels = shape[1], height = shape[2], width = shape[3];
        var padded = nn.functional.pad(batch.Images, [Pixels, Pixels, Pixels, Pixels]); // [N, C, H + 2p, W + 2p]
        var rows = Places(height, draws.Integers(count, Pixels)); // [N, H]
        var columns = Places(width, draws.Integers(count, Pixels)); // [N, W]
        var places = rows.unsqueeze(2).mul(width + 2 * Pixels).add(columns.unsqueeze(1)).reshape(count, 1, height * width).expand(count, channels, height * width);
        return batch with { Images = padded.flatten(2).gather(2, places).reshape(shape) };

        Tensor Places(long side, Tensor offset) => arange(side, ScalarType.Int64, batch.Images.device).unsqueeze(0).add(offset.add(Pixels).unsqueeze(1));
    }
}
