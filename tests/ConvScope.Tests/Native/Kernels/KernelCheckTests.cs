using ConvScope.Native.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Native.Kernels;

/// <summary>Kernels that are wrong in the ways that were seen, put in place of libtorch's.</summary>
public sealed class KernelCheckTests
{
    [Test]
    public void FirstFault_KernelsOfThisProcess_FindsNone() => Assert.That(new KernelCheck().FirstFault(KernelGrid.Small), Is.Null);

    [Test]
    public void FirstFault_GradientThatIsNotANumberWhereChannelsArePadded_NamesIt()
    {
        var fault = Check((convolution, result) => convolution.Channels % 16 != 0 && result.Name == "gradient by the input" ? result.Value.fill_(float.NaN) : result.Value);
        Assert.That(fault?.ToString(), Is.EqualTo("the gradient by the input of a convolution 1→6, 5×5, batch 2 of 12×12, is not finite"));
    }

    [Test]
    public void FirstFault_BlockThatIsDropped_SaysHowFarItIsOff()
    {
        var fault = Check((convolution, result) =>
        {
            if (convolution.Filters == 120 && result.Name == "output")
                result.Value.narrow(1, 112, 8).zero_();
            return result.Value;
        });
        Assert.That(fault?.ToString(), Does.Match(@"^the output of a convolution 16→120, 5×5, batch 2 of 5×5, is off by \d+\.\d % of its largest value$"));
    }

    [Test]
    public void FirstFault_OneValueOfADepthwiseWeight_IsFound() => Assert.That(Check((convolution, result) =>
    {
        if (convolution.Groups > 1 && result.Name == "gradient by the weight")
            result.Value[0, 0, 0, 0].add_(0.5);
        return result.Value;
    })?.Case, Does.Contain("24 groups"));

    [Test]
    public void FirstFault_RightOnlyWhereMemoryIsClean_IsFound()
    {
        // What a kernel does that leaves out blocks: they hold what lay in their memory before. Which memory one gets is chance, so there are many, of many sizes.
        var fault = Check((convolution, result) =>
        {
            if (result.Name != "output" || convolution is not { Channels: 17, ChannelsLast: false })
                return result.Value;
            using var scope = NewDisposeScope();
            var left = Enumerable.Range(4, 11).SelectMany(power => Enumerable.Range(0, 8).Select(_ => empty(1L << power).sum())).ToList();
            return result.Value.add_(stack(left).isnan().any().item<bool>() ? float.NaN : 0);
        });
        Assert.That(fault?.Case, Does.StartWith("convolution 17→33"));
    }

    [Test]
    public void Compute_AnyCase_TouchesNoRandomStateAndLeavesNoTensor()
    {
        _ = new KernelCheck().FirstFault(KernelGrid.Small);
        random.manual_seed(5);
        using var state = get_rng_state();
        var tensors = Tensor.TotalCount;
        _ = new KernelCheck().FirstFault(KernelGrid.Small);
        Assert.That(Tensor.TotalCount, Is.EqualTo(tensors));
        using var after = get_rng_state();
        Assert.That(after.data<byte>().ToArray(), Is.EqualTo(state.data<byte>().ToArray()));
    }

    [Test]
    public void FirstFault_WhereGradientsAreOff_ComputesThemAllTheSame()
    {
        using var untracked = no_grad();
        Assert.That(new KernelCheck().FirstFault(KernelGrid.Small), Is.Null);
    }

    [Test]
    public void Whole_EveryKind_IsInIt()
    {
        var convolutions = KernelGrid.Whole.OfType<ConvolutionCase>().ToList();
        Assert.That(convolutions.Select(convolution => convolution.Kernel).Distinct().Order(), Is.EqualTo(Enumerable.Range(1, 7)));
        Assert.That(KernelGrid.Whole.Select(@case => @case.GetType()).Distinct(), Is.EquivalentTo(new[] { typeof(ConvolutionCase), typeof(PoolingCase), typeof(LinearCase), typeof(BatchNormCase) }));
        Assert.That(KernelGrid.Whole.Any(@case => @case is { Type: ScalarType.BFloat16, ChannelsLast: true }), Is.True);
    }

    private static KernelFault? Check(Func<ConvolutionCase, (string Name, Tensor Value), Tensor> damage) => new KernelCheck((@case, type) =>
    {
        var results = @case.Compute(type);
        return type == ScalarType.Float64 ? results : [.. results.Select(result => (result.Name, damage((ConvolutionCase)@case, result)))];
    }).FirstFault(KernelGrid.Small);
}
