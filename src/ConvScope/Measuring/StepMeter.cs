using ConvScope.Quantities;
using ConvScope.Quantities.Layers;
using ConvScope.Quantities.Parameters;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// Measures a network step by step. Which groups are measured at a step is decided one step ahead, because the size of an update needs the weights before it; at the first step it is decided after it,
/// because by then it is known how long a step takes. It changes nothing: no random state, no mode, no gradient.
/// </summary>
internal sealed class StepMeter : IDisposable
{
    private readonly (string Name, Tensor Value)[] _parameters;
    private readonly Tensor[] _initial;
    private readonly GroupClock[] _clocks;
    private readonly long _stepsPerEpoch;
    private readonly long _firstStep; // more than 0 for a training that is resumed
    private readonly Probe _probe;
    private readonly Func<Tensor, double[]>? _toHost;
    private readonly InspectionLedger _ledger;
    private readonly LeftOut _leftOut;
    private Tensor[]? _before;
    private GroupClock[] _planned = [];

    public StepMeter(
        nn.Module network, Probe probe, IReadOnlyList<QuantityGroup> groups, InspectionLedger ledger, long stepsPerEpoch,
        long firstStep = 0, LeftOut? leftOut = null, Func<Tensor, double[]>? toHost = null)
    {
        _toHost = toHost;
        _leftOut = leftOut ?? new LeftOut();
        _parameters = [.. network.named_parameters().Select(pair => (pair.name, (Tensor)pair.parameter)).Where(HasNumbers)];
        _initial = Copies();
        _probe = probe;
        _ledger = ledger;
        _clocks = [.. groups.Select(group => new GroupClock(group, firstStep))];
        _stepsPerEpoch = stepsPerEpoch;
        _firstStep = firstStep;
    }

    /// <summary>Seconds that were spent on measuring, by group.</summary>
    public IEnumerable<(string Group, double Seconds)> Costs => _clocks.Select(clock => (clock.Group.Name, clock.Seconds));

    /// <summary>What a look at the layers costs, in seconds: that of the group that does, or else what it would be expected to.</summary>
    public double LookSeconds => Array.Find(_clocks, clock => clock.Group.ShowsProbe)?.Estimate(_ledger) ?? GroupClock.StepsForALook * _ledger.SecondsPerStep;

    /// <summary>Whether the step that was just made is measured.</summary>
    public bool IsDue => _planned.Length > 0;

    /// <summary>Whether more than the batch's own numbers are measured at it.</summary>
    public bool IsThorough => Array.Exists(_planned, clock => clock.Group.NeedsParameters);

    /// <summary>Measures the step that was just made.</summary>
    public Measurement Measure(long step, Tensor? loss, StepRows rows)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var context = new StepContext(_probe.Task, loss?.detach(), rows.Outputs, rows.Labels, () => States(step), ReadLayers, _probe.RunHalves) { IsPerPixel = rows.IsPerPixel };
        var batch = new MeasurementBatch(_leftOut, _toHost);
        var before = _ledger.Seconds;
        Measurement? measurement = null;
        foreach (var planned in _planned)
        {
            batch.Add(planned.Group, context);
            if (planned == _planned[^1])
                measurement = batch.Copy();
            planned.Add(step, _ledger.Seconds - before);
            before = _ledger.Seconds;
        }

        return measurement!;
    }

    /// <summary>Decides what is measured at a step, and keeps the weights where its update is wanted. The first step is decided after it was made; its own numbers are measured in any case.</summary>
    /// <param name="step">The step.</param>
    public void Plan(long step)
    {
        Release(ref _before);
        var isFirst = step == _firstStep;
        _planned = Array.FindAll(_clocks, clock => isFirst && !clock.Group.IsDear ? clock.Group.Schedule.IsDue(step, _stepsPerEpoch) : clock.IsDue(step, _stepsPerEpoch, _ledger));
        if (!isFirst && IsThorough)
            _before = _leftOut.Try<Tensor[]?>("the updates of the weights", Copies, null);
        if (Array.Exists(_planned, clock => clock.Group.ShowsProbe))
            _probe.Announce();
        else
            _probe.Ignore();
    }

    public void Dispose()
    {
        Release(ref _before);
        foreach (var tensor in _initial)
            tensor.Dispose();
    }

    /// <summary>Whether norms, means and the like of a parameter are defined; one of no elements or of whole numbers costs its own numbers alone.</summary>
    private bool HasNumbers((string Name, Tensor Value) parameter)
    {
        var (name, value) = parameter;
        if (value.NumberOfElements > 0 && (value.is_floating_point() || value.is_complex()))
            return true;
        _leftOut.Add($"the numbers of the parameter '{name}'", new NotSupportedException(value.NumberOfElements == 0 ? "It has no elements." : $"It holds {value.dtype}, not floating-point numbers."));
        return false;
    }

    private IReadOnlyList<LayerOutput> ReadLayers() => _leftOut.Try("the layers' outputs", () => _probe.Run(withGradients: true), []);

    private ParameterState[] States(long step)
    {
        var states = new ParameterState[_parameters.Length];
        for (var i = 0; i < states.Length; i++)
        {
            var (name, value) = _parameters[i];
            var before = step == _firstStep ? _initial[i] : _before?[i];
            states[i] = new ParameterState(name, Real(value.detach()), Dense(value.grad) is { } gradient ? Real(gradient) : null, before, _initial[i]);
        }

        return states;
    }

    /// <summary>A complex tensor as its parts, an axis more.</summary>
    private static Tensor Real(Tensor tensor) => tensor.is_complex() ? tensor.view_as_real() : tensor;

    private static Tensor? Dense(Tensor? gradient) => gradient is { is_sparse: true } ? gradient.to_dense() : gradient?.detach();

    private Tensor[] Copies()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return [.. _parameters.Select(parameter => Real(parameter.Value.detach()).clone().DetachFromDisposeScope())];
    }

    private static void Release(ref Tensor[]? tensors)
    {
        foreach (var tensor in tensors ?? [])
            tensor.Dispose();
        tensors = null;
    }
}
