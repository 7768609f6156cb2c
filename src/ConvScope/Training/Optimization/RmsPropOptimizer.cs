using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Training.Optimization;

/// <summary>RMSProp: each gradient is divided by a running root mean square. Hinton, "Neural Networks for Machine Learning", lecture 6e, 2012.</summary>
public sealed record RmsPropOptimizer : OptimizerSpec
{
    /// <summary>Decay rate of the squared gradient's mean, 0 to below 1. Default 0.99.</summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>Momentum, 0 to below 1. Default 0.</summary>
    public double Momentum { get; init; }

    /// <summary>Added to the denominator, positive. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal override IReadOnlyDictionary<string, object?> Settings => new Dictionary<string, object?>
    {
        ["momentum"] = Momentum, ["alpha"] = Alpha, ["eps"] = Epsilon, ["centered"] = false, ["foreach"] = null, ["maximize"] = false, ["differentiable"] = false, ["capturable"] = false,
    };

    /// <inheritdoc />
    public override void Validate()
    {
        base.Validate();
        Check(Alpha is >= 0 and < 1, nameof(Alpha), Alpha, "0 to below 1");
        Check(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "0 to below 1");
        Check(double.IsFinite(Epsilon) && Epsilon > 0, nameof(Epsilon), Epsilon, "positive");
    }

    internal override IReadOnlyDictionary<string, object?> Read(OptimizerState state) => state is RMSProp.State kept
        ? new Dictionary<string, object?> { ["step"] = kept.step, ["square_avg"] = kept.square_avg, ["momentum_buffer"] = kept.momentum_buffer }
        : throw new ArgumentException("The state is none of RMSProp.", nameof(state));

    internal override void Write(OptimizerState state, IReadOnlyDictionary<string, object?> values)
    {
        var kept = (RMSProp.State)state;
        kept.step = (long)values["step"]!;
        kept.square_avg = (Tensor)values["square_avg"]!;
        kept.momentum_buffer = (Tensor?)values["momentum_buffer"];
    }

    internal override optim.Optimizer Create(IReadOnlyList<(Parameter[] Parameters, double Decay)> groups, double learningRate) => optim.RMSProp(
        groups.Select(group => new RMSProp.ParamGroup(group.Parameters, lr: learningRate, eps: Epsilon, alpha: Alpha, weight_decay: group.Decay, momentum: Momentum)).ToArray(), learningRate, Alpha, Epsilon, momentum: Momentum);
}
