using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace ConvScope.Augmentation;

/// <summary>A random change of the training images of a step, on their device. What is drawn depends on the seed and the step alone.</summary>
/// <remarks>An augmentation is a value: immutable, and free to be shared between trainings.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Shift), "shift")]
[JsonDerivedType(typeof(Flip), "flip")]
[JsonDerivedType(typeof(RotateAndScale), "rotateandscale")]
[JsonDerivedType(typeof(ColorJitter), "colorjitter")]
[JsonDerivedType(typeof(RandomErasing), "randomerasing")]
[JsonDerivedType(typeof(MixUp), "mixup")]
public abstract record ImageAugmentation
{
    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public abstract void Validate();

    /// <summary>Changes a batch in the dispose scope that is open.</summary>
    /// <param name="batch">The batch; its tensors are not changed in place.</param>
    /// <param name="draws">Random numbers.</param>
    internal abstract AugmentedBatch Apply(AugmentedBatch batch, Draws draws);

    /// <summary>Applies a list of augmentations to a batch, in their order.</summary>
    /// <param name="augmentations">The list.</param>
    /// <param name="batch">Raw pixels, <c>[N, C, H, W]</c>, and labels, <c>[N]</c>.</param>
    /// <param name="seed">Seed of the training.</param>
    /// <param name="step">The step, from 0.</param>
    /// <returns>The batch as the network sees it, in the dispose scope that is open; the argument where the list is empty.</returns>
    internal static AugmentedBatch Apply(IReadOnlyList<ImageAugmentation> augmentations, AugmentedBatch batch, long seed, long step)
    {
        if (augmentations.Count == 0)
            return batch;
        using var untracked = no_grad();
        using var draws = new Draws(seed, step, batch.Images.device);
        batch = batch with { Images = batch.Images.to(ScalarType.Float32), Originals = batch.Images };
        foreach (var augmentation in augmentations)
            batch = augmentation.Apply(batch, draws);
        return batch;
    }

    /// <inheritdoc cref="Apply(IReadOnlyList{ImageAugmentation}, AugmentedBatch, long, long)" />
    internal static AugmentedBatch Apply(IReadOnlyList<ImageAugmentation> augmentations, Tensor images, Tensor labels, long seed, long step) =>
        Apply(augmentations, new AugmentedBatch(images, labels), seed, step);

    /// <summary>Refuses a value that is out of its range.</summary>
    private protected static void Check(bool holds, string name, object value, string allowed)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}.");
    }
}
