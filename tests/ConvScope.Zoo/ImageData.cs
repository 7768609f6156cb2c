using ConvScope.Datasets;
using static TorchSharp.torch;

namespace ConvScope.Zoo;

/// <summary>Images of 28×28 with mean 0 and standard deviation 1, and their labels.</summary>
/// <param name="Name">Name of the set.</param>
/// <param name="Images"><c>[N, C, 28, 28]</c>, 32-bit floats.</param>
/// <param name="Labels"><c>[N]</c>, 64-bit integers.</param>
internal sealed record ImageData(string Name, Tensor Images, Tensor Labels)
{
    private const int Count = 12_000;

    public int Channels => (int)Images.shape[1];

    /// <summary>The first 12,000 training images of a set.</summary>
    public static ImageData From(ImageSet set)
    {
        using var scope = NewDisposeScope();
        var pixels = new byte[Count * set.ImageSize];
        for (var index = 0; index < Count; index++)
            set.Image(index).CopyTo(pixels.AsSpan(index * set.ImageSize));
        var images = from_array(pixels).to(ScalarType.Float32).reshape(Count, set.Channels, set.Height, set.Width);
        images = (images - images.mean()) / images.std();
        return new ImageData(set.Name, images.DetachFromDisposeScope(), tensor(Enumerable.Range(0, Count).Select(index => (long)set.Label(index)).ToArray()).DetachFromDisposeScope());
    }

    /// <summary>
    /// Drawn colour images in the place of CIFAR, which is not to be had everywhere: ten classes of coarse patterns in three channels, shifted, of varying contrast, under noise.
    /// </summary>
    public static ImageData Drawn(int seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        var prototypes = nn.functional.interpolate(randn([10, 3, 7, 7], generator: generator), size: [28, 28], mode: InterpolationMode.Bilinear, align_corners: false); // [10, 3, 28, 28]
        var labels = randint(10, [Count], dtype: ScalarType.Int64, generator: generator);
        var contrast = rand([Count, 1, 1, 1], generator: generator) * 0.8 + 0.4;
        var images = prototypes.index_select(0, labels) * contrast + randn([Count, 3, 28, 28], generator: generator) * 0.8;
        images = (images - images.mean()) / images.std();
        return new ImageData("drawn", images.DetachFromDisposeScope(), labels.DetachFromDisposeScope());
    }
}
