using static TorchSharp.torch;

namespace ConvScope.Augmentation;

/// <summary>
/// Changes brightness, contrast and saturation of each image by random factors, in this order, as torchvision's ColorJitter does. Pixels stay between 0 and <paramref name="White"/>; saturation needs three
/// channels and is left out for others.
/// </summary>
/// <param name="Brightness">Largest change of the factor on each pixel: 0.2 for 0.8 to 1.2; 0 to 1.</param>
/// <param name="Contrast">The same for the difference from the image's mean grey.</param>
/// <param name="Saturation">The same for the difference from each pixel's grey.</param>
/// <param name="White">The largest raw value of a pixel, positive. Default 255.</param>
public sealed record ColorJitter(double Brightness, double Contrast, double Saturation, double White = 255) : ImageAugmentation
{
    /// <inheritdoc />
    public override void Validate()
    {
        Check(Brightness is >= 0 and <= 1, nameof(Brightness), Brightness, "0 to 1");
        Check(Contrast is >= 0 and <= 1, nameof(Contrast), Contrast, "0 to 1");
        Check(Saturation is >= 0 and <= 1, nameof(Saturation), Saturation, "0 to 1");
        Check(double.IsFinite(White) && White > 0, nameof(White), White, "positive");
    }

    internal override AugmentedBatch Apply(AugmentedBatch batch, Draws draws)
    {
        var images = batch.Images;
        images = Blend(images, zeros_like(images), Brightness);
        images = Blend(images, Grey(images).mean([2, 3], keepdim: true), Contrast);
        if (images.shape[1] == 3)
            images = Blend(images, Grey(images), Saturation);
        return batch with { Images = images };

        Tensor Blend(Tensor image, Tensor other, double change)
        {
            var factor = draws.Uniform(image.shape[0], 1 - change, 1 + change).reshape(-1, 1, 1, 1);
            return change == 0 ? image : image.mul(factor).add(other.mul(factor.neg().add(1))).clamp(0, White);
        }
    }

    /// <summary>ITU-R 601 luma of three channels; the mean of others. <c>[N, 1, H, W]</c>.</summary>
    private static Tensor Grey(Tensor images) => images.shape[1] == 3
        ? images.mul(Luma(images.device)).sum(1, keepdim: true)
        : images.mean([1], keepdim: true);

    /// <summary>
    /// The weights of red, green and blue, <c>[1, 3, 1, 1]</c>, made where they are needed: a copy from host memory would wait for the
    /// device.
    /// </summary>
    private static Tensor Luma(Device device) =>
        cat([.. new[] { 0.299f, 0.587f, 0.114f }.Select(weight => full([1, 1, 1, 1], weight, device: device))], 1);
}
