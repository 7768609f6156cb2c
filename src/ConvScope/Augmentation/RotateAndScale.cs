using static TorchSharp.torch;

namespace ConvScope.Augmentation;

/// <summary>Turns each image about its centre and enlarges or shrinks it, both at once with one bilinear interpolation; what comes in is black.</summary>
/// <param name="Degrees">Largest angle either way, 0 to 180.</param>
/// <param name="Scale">Largest change of size: 0.1 for 0.9 to 1.1; 0 to below 1. Default 0.</param>
public sealed record RotateAndScale(double Degrees, double Scale = 0) : ImageAugmentation
{
    /// <inheritdoc />
    public override void Validate()
    {
        Check(Degrees is >= 0 and <= 180, nameof(Degrees), Degrees, "0 to 180");
        Check(Scale is >= 0 and < 1, nameof(Scale), Scale, "0 to below 1");
    }

    internal override AugmentedBatch Apply(AugmentedBatch batch, Draws draws)
    {
        var shape = batch.Images.shape;
        var angle = draws.Uniform(shape[0], -Degrees, Degrees).mul(Math.PI / 180); // [N]
        var zoom = draws.Uniform(shape[0], 1 - Scale, 1 + Scale).reciprocal(); // the grid says where each pixel comes from
        Tensor cosine = angle.cos().mul(zoom), sine = angle.sin().mul(zoom);
        var ratio = (double)shape[2] / shape[3]; // the grid's units are half sides
        var none = zeros_like(angle);
        var theta = stack([stack([cosine, sine.mul(-ratio), none], 1), stack([sine.div(ratio), cosine, none], 1)], 1); // [N, 2, 3]
        var grid = nn.functional.affine_grid(theta, shape, align_corners: false);
        return batch with { Images = nn.functional.grid_sample(batch.Images, grid, align_corners: false) };
    }
}
