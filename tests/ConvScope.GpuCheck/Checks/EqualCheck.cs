using ConvScope.Networks.Zoo;

namespace ConvScope.GpuCheck.Checks;

/// <summary>
/// LeNet-5, 200 steps on the device and on the CPU from the same weights in the same order: how far the losses part, in 32-bit floats and
/// with TF32.
/// </summary>
internal sealed class EqualCheck : Check
{
    /// <inheritdoc />
    public override string Name => "equal";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var steps = laboratory.Scaled(200, least: 8);
        var cpu = laboratory.TrainPlain(LeNet5.Create(), CPU, steps);
        return new Dictionary<string, object>
        {
            ["float32"] = Compare(laboratory, cpu, steps, isRounded: false, expectations),
            ["tf32"] = Compare(laboratory, cpu, steps, isRounded: true, expectations),
        };
    }

    // The limits for a GPU are what 24 and 11 bits of mantissa make likely; none has been seen yet.
    private static object Compare(Laboratory laboratory, PlainTraining cpu, int steps, bool isRounded, Expectations expectations)
    {
        using var rounding = new RoundedConvolutions(isRounded);
        var here = laboratory.TrainPlain(LeNet5.Create(), laboratory.Place, steps);
        var name = isRounded ? "TF32" : "32-bit floats";
        var (first, after20) = (cpu.LargestParting(here, 1), cpu.LargestParting(here, 20));
        var afterAll = cpu.LargestParting(here, steps);
        expectations.AtMost(laboratory.Tolerance(isRounded ? 1e-2 : 1e-5), first, $"the parting of the first loss with {name}");
        expectations.AtMost(laboratory.Tolerance(isRounded ? 5e-2 : 1e-3), after20, $"the parting of 20 losses with {name}");
        return new { first, after20, afterAll, steps, lastCpu = cpu.Losses[^1], lastHere = here.Losses[^1] };
    }
}
