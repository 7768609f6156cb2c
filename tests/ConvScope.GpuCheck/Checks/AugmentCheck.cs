using ConvScope.Augmentation;
using ConvScope.Networks.Zoo;

namespace ConvScope.GpuCheck.Checks;

/// <summary>Augmentations are drawn on the CPU: the loss of the first steps must be the CPU's.</summary>
internal sealed class AugmentCheck : Check
{
    private const int Steps = 3;

    /// <inheritdoc />
    public override string Name => "augment";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        using var exact = new RoundedConvolutions(areAllowed: false);
        var results = new SortedDictionary<string, double>(StringComparer.Ordinal);
        ImageAugmentation[] augmentations = [new Shift(2), new Flip(), new RotateAndScale(15, 0.15), new RandomErasing(), new MixUp()];
        foreach (var augmentation in augmentations)
        {
            var cpu = laboratory.TrainPlain(LeNet5.Create(), CPU, Steps, null, augmentation);
            var here = laboratory.TrainPlain(LeNet5.Create(), laboratory.Place, Steps, null, augmentation);
            var name = augmentation.GetType().Name;
            results[name] = cpu.LargestParting(here, Steps);
            expectations.AtMost(laboratory.Tolerance(1e-3), results[name], $"the parting of losses from the CPU's with {name}");
        }

        return results;
    }
}
