using ConvScope.Networks.Zoo;

namespace ConvScope.GpuCheck.Checks;

/// <summary>One training after another, and two at once, in one process: the same losses as alone?</summary>
internal sealed class TwoCheck : Check
{
    /// <inheritdoc />
    public override string Name => "two";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        using var kernels = new DeterministicKernels(laboratory.IsCuda);
        var steps = laboratory.Scaled(100, least: 8);
        PlainTraining Train() => laboratory.TrainPlain(LeNet5.Create(), laboratory.Place, steps);
        var alone = Train();
        var second = Train();
        var together = new PlainTraining[2];
        Thread[] threads = [.. Enumerable.Range(0, together.Length).Select(index => new Thread(() => together[index] = Train()))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        var facts = new { second = alone.HasLossesOf(second), atOnce = together.Select(alone.HasLossesOf).ToArray() };
        expectations.That(facts.second, "a second training should have the first one's losses");
        expectations.That(facts.atOnce.All(same => same), "two trainings at once should have the losses of one alone");
        return facts;
    }
}
