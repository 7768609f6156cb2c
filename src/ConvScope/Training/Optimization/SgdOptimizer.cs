using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Training.Optimization;

/// <summary>Stochastic gradient descent with momentum.</summary>
public sealed record SgdOptimizer : OptimizerSpec
{
    /// <summary>Momentum, 0 to below 1. Default 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Whether the momentum is Nesterov's. Default false.</summary>
    public bool Nesterov { get; init; }

    internal override IReadOnlyDictionary<string, object?> Settings => new Dictionary<string, object?>
    {
        ["momentum"] = Momentum, ["dampening"] = 0.0, ["nesterov"] = Nesterov, ["maximize"] = false, ["foreach"] = null, ["differentiable"] = false,
    };

    /// <inheritdoc />
    public override void Validate()
    {
        base.Validate();
        Check(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "0 to below 1");
        Check(!Nesterov || Momentum > 0, nameof(Nesterov), Nesterov, "false without momentum");
    }

    internal override IReadOnlyDictionary<string, object?> Read(OptimizerState state) => new Dictionary<string, object?> { ["momentum_buffer"] = ((SGD.State)state).momentum_buffer };

    internal override void Write(OptimizerState state, IReadOnlyDictionary<string, object?> values) => ((SGD.State)state).momentum_buffer = (Tensor?)values["momentum_buffer"];

    internal override optim.Optimizer Create(IReadOnlyList<(Parameter[] Parameters, double Decay)> groups, double learningRate) => groups is [var (parameters, decay)]
        ? optim.SGD(parameters, learningRate, Momentum, weight_decay: decay, nesterov: Nesterov)
        : optim.SGD(groups.Select(group => new SGD.ParamGroup(group.Parameters, learningRate, Momentum, weight_decay: group.Decay, nesterov: Nesterov)).ToArray(), learningRate, Momentum, nesterov: Nesterov);
}
