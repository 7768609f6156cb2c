using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>
/// Measures a network step by step. Which groups are measured at a step is decided one step ahead, because the size of an update needs the weights before it.
/// It changes nothing: no random state, no mode, no gradient.
/// </summary>
internal sealed class StepMeter : IDisposable
{
    private readonly (string Name, Tensor Value)[] _parameters;
    private readonly Tensor[] _initial;
    private readonly GroupClock[] _clocks;
    private readonly long _stepsPerEpoch;
    private readonly long _steps;
    private readonly long _firstStep; // more than 0 for a training that is resumed
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Probe _probe;
    private readonly LeftOut _leftOut;
    private readonly double? _budget;
    private Tensor[]? _before;
    private GroupClock[] _planned;
    private double _unstretchedSeconds; // what the first steps cost, the once-only costs included

    public StepMeter(
        nn.Module<Tensor, Tensor> network, Probe probe, IReadOnlyList<QuantityGroup> groups, double? budget,
        long stepsPerEpoch, long steps = 0, long firstStep = 0, LeftOut? leftOut = null)
    {
        _parameters = [.. network.named_parameters().Select(pair => (pair.name, (Tensor)pair.parameter))];
        _initial = Copies();
        _probe = probe;
        _leftOut = leftOut ?? new LeftOut();
        _budget = budget;
        _clocks = [.. groups.Select(group => new GroupClock(group))];
        _stepsPerEpoch = stepsPerEpoch;
        _steps = steps;
        _firstStep = firstStep;
        _planned = [.. _clocks.Where(clock => clock.IsDue(0, stepsPerEpoch, null))];
    }

    /// <summary>Seconds that were spent on measuring, by group.</summary>
    public IEnumerable<(string Group, double Seconds)> Costs => _clocks.Select(clock => (clock.Group.Name, clock.Seconds));

    /// <summary>Whether the step that was just made is measured.</summary>
    public bool IsDue => _planned.Length > 0;

    /// <summary>Whether more than the batch's own numbers are measured at it.</summary>
    public bool IsThorough => _planned.Any(clock => clock.Group.NeedsParameters);

    /// <summary>Measures the step that was just made.</summary>
    public Measurement Measure(long step, Tensor loss, Tensor? outputs, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var context = new StepContext(loss.detach(), outputs?.detach(), labels, () => States(step), _probe, _leftOut);
        var batch = new MeasurementBatch(_leftOut);
        var clock = Stopwatch.GetTimestamp();
        Measurement? measurement = null;
        foreach (var planned in _planned)
        {
            batch.Add(planned.Group, context);
            if (planned == _planned[^1])
                measurement = batch.Copy();
            planned.Add(step, Stopwatch.GetElapsedTime(clock).TotalSeconds);
            clock = Stopwatch.GetTimestamp();
        }

        return measurement!;
    }

    /// <summary>Decides what is measured at the next step, and keeps the weights where its update is wanted.</summary>
    /// <param name="next">The step that will be made next.</param>
    /// <param name="inspectionSeconds">What inspection has cost so far.</param>
    public void Plan(long next, double inspectionSeconds)
    {
        Release(ref _before);
        var elapsed = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        var secondsPerStep = (elapsed - inspectionSeconds) / (next - _firstStep);
        if (next - _firstStep <= GroupClock.Unstretched)
            _unstretchedSeconds = inspectionSeconds;
        double? allowed = _budget is { } budget ? Rate(budget, secondsPerStep) * secondsPerStep / Pressure(budget, elapsed, inspectionSeconds) : null;
        _planned = [.. _clocks.Where(clock => clock.IsDue(next, _stepsPerEpoch, allowed))];
        if (IsThorough)
            _before = Copies();
    }

    public void Dispose()
    {
        Release(ref _before);
        foreach (var tensor in _initial)
            tensor.Dispose();
    }

    /// <summary>Share of the time from now on: what the first steps cost is saved again over the whole training where its length is known, but at least a quarter of the budget is left.</summary>
    private double Rate(double budget, double secondsPerStep) =>
        _steps == 0 || secondsPerStep <= 0 ? budget : Math.Max(budget / 4, budget - _unstretchedSeconds / (_steps * secondsPerStep));

    /// <summary>How many times what it may cost inspection as a whole has cost since the first steps; at least 1.</summary>
    private double Pressure(double budget, double elapsed, double inspectionSeconds) =>
        Math.Max(1, (inspectionSeconds - _unstretchedSeconds) / (budget * elapsed));

    private ParameterState[] States(long step)
    {
        var states = new ParameterState[_parameters.Length];
        for (var i = 0; i < states.Length; i++)
        {
            var (name, value) = _parameters[i];
            var before = step == _firstStep ? _initial[i] : _before?[i];
            states[i] = new ParameterState(name, value.detach(), Dense(value.grad), before, _initial[i]);
        }

        return states;
    }

    private static Tensor? Dense(Tensor? gradient) => gradient is { is_sparse: true } ? gradient.to_dense() : gradient?.detach();

    private Tensor[] Copies()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return [.. _parameters.Select(parameter => parameter.Value.detach().clone().DetachFromDisposeScope())];
    }

    private static void Release(ref Tensor[]? tensors)
    {
        foreach (var tensor in tensors ?? [])
            tensor.Dispose();
        tensors = null;
    }
}
