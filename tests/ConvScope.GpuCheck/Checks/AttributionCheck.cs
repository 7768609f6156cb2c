using System.Diagnostics;
using ConvScope.Attribution;
using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Training.Images;

namespace ConvScope.GpuCheck.Checks;

/// <summary>Which pixels decide, by each method, on the device against the CPU.</summary>
internal sealed class AttributionCheck : Check
{
    /// <inheritdoc />
    public override string Name => "attribution";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        using var exact = new RoundedConvolutions(areAllowed: false);
        using var network = SmallNet.Create().CreateModule(3);
        using var there = SmallNet.Create().CreateModule(3);
        there.to(laboratory.Place);
        network.eval();
        there.eval();
        using var images = LabeledImages.Create(laboratory.Test.Slice(0, 16));
        var results = new SortedDictionary<string, object>(StringComparer.Ordinal);
        AttributionMethod[] methods =
            [new GradCam(), new GradCamPlusPlus(), new InputGradient(), new IntegratedGradients(), new Occlusion()];
        foreach (var method in methods)
        {
            using var scope = NewDisposeScope();
            var onCpu = method.Attribute(network, images.Images);
            var clock = Stopwatch.StartNew();
            var here = method.Attribute(there, images.Images.to(laboratory.Place)).cpu();
            var seconds = clock.Elapsed.TotalSeconds;
            double parting = ((onCpu - here).norm() / onCpu.norm().clamp_min(1e-20)).item<float>();
            expectations.AtMost(laboratory.Tolerance(1e-3), parting, $"the parting of {method.Name} from the CPU's");
            results[method.Name] = new { parting, seconds };
        }

        return results;
    }
}
