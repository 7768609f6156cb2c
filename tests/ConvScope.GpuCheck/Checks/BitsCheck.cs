using ConvScope.Inspection;
using ConvScope.Networks.Zoo;
using ConvScope.Quantities;
using ConvScope.Records.Networks;

namespace ConvScope.GpuCheck.Checks;

/// <summary>
/// Two plain trainings and an inspected one: the same losses and weights to the last bit? As the device is, and with cuDNN's deterministic
/// algorithms.
/// </summary>
internal sealed class BitsCheck : Check
{
    /// <inheritdoc />
    public override string Name => "bits";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var results = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var spec in new[] { LeNet5.Create(), SmallNet.Create(), ResNet9.Create(10, new Shape(1, 28, 28), width: 16) })
        {
            foreach (var isDeterministic in laboratory.IsCuda ? new[] { false, true } : [false])
            {
                var name = isDeterministic ? $"{spec.Name}, deterministic" : spec.Name;
                results[name] = Compare(laboratory, spec, isDeterministic, expectations);
            }
        }

        return results;
    }

    private BitEquality Compare(Laboratory laboratory, NetworkSpec spec, bool isDeterministic, Expectations expectations)
    {
        using var kernels = new DeterministicKernels(isDeterministic);
        var steps = laboratory.Scaled(120, least: 10);
        var inspection = new InspectionOptions(Path.Combine(laboratory.Fresh(Name), "run"))
        {
            Level = InspectionLevel.Full, Schedule = Schedule.Every(8), Budget = null, Figures = false, Report = false,
        };
        var plain = laboratory.TrainPlain(spec, laboratory.Place, steps);
        var again = laboratory.TrainPlain(spec, laboratory.Place, steps);
        var inspected = laboratory.TrainPlain(spec, laboratory.Place, steps, inspection);
        var facts = new BitEquality(plain.HasLossesOf(again), plain.Weights.AreThoseOf(again.Weights), plain.HasLossesOf(inspected),
            plain.Weights.AreThoseOf(inspected.Weights), plain.EqualSteps(inspected), steps);
        if (isDeterministic || !laboratory.IsCuda) // elsewhere a GPU promises nothing
        {
            expectations.That(facts is { RepeatLosses: true, RepeatWeights: true }, $"{spec.Name} trained twice should give the same bits");
            expectations.That(facts is { InspectedLosses: true, InspectedWeights: true },
                $"{spec.Name} inspected should give the bits of {spec.Name} alone; {facts.EqualSteps} of {steps} losses did");
        }

        return facts;
    }
}
