using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Training.Optimization;

/// <summary>Adam with weight decay that does not pass through the gradient. Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.</summary>
public sealed record AdamWOptimizer : OptimizerSpec
{
    /// <summary>Decay rate of the gradient's mean, 0 to below 1. Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay rate of the squared gradient's mean, 0 to below 1. Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the denominator, positive. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal override IReadOnlyDictionary<string, object?> Settings => new Dictionary<string, object?>
    {
        ["betas"] = new List<object?> { Beta1, Beta2 }, ["eps"] = Epsilon, ["amsgrad"] = false, ["maximize"] = false, ["foreach"] = null, ["capturable"] = false, ["differentiable"] = false, ["fused"] = null,
    };

    /// <inheritdoc />
    public override void Validate()
    {
        base.Validate();
        Check(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "0 to below 1");
        Check(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "0 to below 1");
        Check(double.IsFinite(Epsilon) && Epsilon > 0, nameof(Epsilon), Epsilon, "positive");
    }

    internal override IReadOnlyDictionary<string, object?> Read(OptimizerState state) => state is AdamW.State kept
        ? new Dictionary<string, object?> { ["step"] = kept.step, ["exp_avg"] = kept.exp_avg, ["exp_avg_sq"] = kept.exp_avg_sq }
        : throw new ArgumentException("The state is none of AdamW.", nameof(state));

    internal override void Write(OptimizerState state, IReadOnlyDictionary<string, object?> values)
    {
        var kept = (AdamW.State)state;
        kept.step = (long)values["step"]!;
        kept.exp_avg = (Tensor)values["exp_avg"]!;
        kept.exp_avg_sq = (Tensor)values["exp_avg_sq"]!;
    }

    internal override optim.Optimizer Create(IReadOnlyList<(Parameter[] Parameters, double Decay)> groups, double learningRate) => optim.AdamW(
        groups.Select(group => new AdamW.ParamGroup(group.Parameters, learningRate, Beta1, Beta2, Epsilon, group.Decay)).ToArray(), learningRate, Beta1, Beta2, Epsilon);
}
