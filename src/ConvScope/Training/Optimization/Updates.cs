using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Training.Optimization;

/// <summary>What turns gradients into new weights in one training: learning rate, clipping, optimizer, the running average of the weights, and the best weights so far.</summary>
internal sealed class Updates : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly nn.Module _network;
    private readonly Parameter[] _parameters;
    private readonly double[] _factors; // of the learning rate, a group each
    private readonly long _steps;
    private readonly long _stepsPerEpoch;

    public Updates(nn.Module network, TrainingOptions options, long stepsPerEpoch)
    {
        _options = options;
        _network = network;
        _stepsPerEpoch = stepsPerEpoch;
        _steps = stepsPerEpoch * options.Epochs;
        _parameters = [.. network.parameters().Where(parameter => parameter.requires_grad)];
        Spec = options.Optimizer ?? new SgdOptimizer { Momentum = options.Momentum };
        var parts = LearningRateParts.Of(network, options.LearningRateFactors);
        (Groups, _factors) = ([.. parts.SelectMany(part => Spec.Groups(part.Parameters))], [.. parts.SelectMany(part => Spec.Groups(part.Parameters).Select(_ => part.Factor))]);
        Optimizer = Spec.Create(Groups, options.LearningRate);
        SetRates(options.LearningRate);
        Average = options.WeightAverage is null ? null : new KeptWeights(network);
        Best = options.EarlyStopping is null ? null : new KeptWeights(network);
    }

    /// <summary>How the optimizer was described.</summary>
    public OptimizerSpec Spec { get; }

    /// <summary>The parameters that are updated, with their weight decay, in the optimizer's order.</summary>
    public IReadOnlyList<(Parameter[] Parameters, double Decay)> Groups { get; }

    /// <summary>TorchSharp's optimizer.</summary>
    public optim.Optimizer Optimizer { get; }

    /// <summary>The running average of the weights; null where none is kept.</summary>
    public KeptWeights? Average { get; }

    /// <summary>The weights of the best epoch so far; null where none are kept.</summary>
    public KeptWeights? Best { get; }

    /// <summary>Learning rate of the step that was begun last.</summary>
    public double LearningRate { get; private set; }

    /// <summary>The same of each group.</summary>
    public IEnumerable<double> Rates => _factors.Select(factor => LearningRate * factor);

    /// <summary>Begins a step: sets its learning rate and forgets the last step's gradients.</summary>
    public void Begin(long step, IReadOnlyList<EpochMetrics> epochs)
    {
        LearningRate = _options.LearningRate * (_options.Schedule?.Factor(step, _steps, _stepsPerEpoch, epochs) ?? 1);
        if (_options.Schedule is not null)
            SetRates(LearningRate);
        _network.zero_grad();
    }

    private void SetRates(double rate)
    {
        foreach (var (group, factor) in Optimizer.ParamGroups.Zip(_factors))
            group.LearningRate = rate * factor;
    }

    /// <summary>Updates the parameters with their gradients.</summary>
    /// <param name="step">The step, from 0.</param>
    public void Apply(long step)
    {
        if (_options.LargestGradientNorm is { } largest)
            Clip(largest);
        Optimizer.step();
        if (_options.WeightAverage is { } share)
            Average!.Average(Math.Min(share, (step + 1.0) / (step + 10))); // young averages forget their first values soon
    }

    /// <summary>Does something, such as an evaluation, with the averaged weights where there are some.</summary>
    public T Evaluate<T>(Func<T> evaluate)
    {
        Average?.Swap();
        try
        {
            return evaluate();
        }
        finally
        {
            Average?.Swap();
        }
    }

    /// <summary>An epoch is over: keeps its weights where they are the best so far.</summary>
    public void EndEpoch(IReadOnlyList<EpochMetrics> epochs)
    {
        if (_options.EarlyStopping?.Best(epochs) != epochs[^1].Epoch)
            return;
        Average?.Swap();
        Best!.Take();
        Average?.Swap();
    }

    /// <summary>The training is over: the network gets the weights that it is to keep.</summary>
    public void Finish(IReadOnlyList<EpochMetrics> epochs)
    {
        if (_options.EarlyStopping?.Best(epochs) > 0)
            Best!.Restore();
        else
            Average?.Restore();
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Average?.Dispose();
        Best?.Dispose();
    }

    /// <summary>Scales all gradients so that their common norm is at most the limit. TorchSharp's own function waits for the device.</summary>
    private void Clip(double largest)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        Tensor[] gradients = [.. _parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        var norm = stack([.. gradients.Select(gradient => gradient.norm())]).norm(); // scalar
        var factor = norm.add(1e-6).reciprocal().mul(largest).clamp_max(1);
        foreach (var gradient in gradients)
            gradient.mul_(factor);
    }
}
