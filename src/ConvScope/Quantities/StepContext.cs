using ConvScope.Networks;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>
/// What quantities may look at in one measured step. It is made once a step and shared by all of them, so that nothing is computed twice.
/// Its tensors live until the end of the step.
/// </summary>
public sealed class StepContext
{
    private readonly Probe _probe;
    private readonly LeftOut _leftOut;
    private readonly Func<IReadOnlyList<ParameterState>> _states;
    private Tensor? _classLogits;
    private IReadOnlyList<ParameterState>? _parameters;
    private IReadOnlyList<LayerOutput>? _layers;

    internal StepContext(
        Tensor loss, Tensor? outputs, Tensor? labels, Func<IReadOnlyList<ParameterState>> states, Probe probe, LeftOut leftOut)
    {
        Loss = loss;
        Outputs = outputs;
        Labels = labels;
        _states = states;
        _probe = probe;
        _leftOut = leftOut;
    }

    /// <summary>Loss of the batch before the update, a scalar.</summary>
    public Tensor Loss { get; }

    /// <summary>The network's outputs before the update, <c>[N, K]</c>, or <c>[N, 1]</c> for binary classification and regression; null where they are not known.</summary>
    public Tensor? Outputs { get; }

    /// <summary>The batch's class indices, or the numbers of a regression, <c>[N]</c>; null where they are not known.</summary>
    public Tensor? Labels { get; }

    /// <summary>What the outputs mean.</summary>
    public LearningTask Task => _probe.Task;

    /// <summary>A logit for each class before the update, <c>[N, K]</c>, also where a binary classifier has one output; null where outputs are not known and for a regression.</summary>
    public Tensor? ClassLogits => _classLogits ??= Outputs is null ? null : Task.ClassLogits(Outputs);

    /// <summary>Every parameter with its gradient, in the network's order.</summary>
    public IReadOnlyList<ParameterState> Parameters => _parameters ??= _states();

    /// <summary>
    /// The layers' outputs for the probe batch, after the update, in forward order; the forward pass runs when it is first asked for. Empty
    /// where the network cannot be shown images.
    /// </summary>
    public IReadOnlyList<LayerOutput> Layers => _layers ??= _leftOut.Try("the layers' outputs", () => _probe.Run(withGradients: true), []);

    /// <summary>The parameters' gradients by the halves of the probe batch; computed anew at each call.</summary>
    internal IReadOnlyList<(string Name, Tensor First, Tensor Second)> HalfGradients => _probe.RunHalves();
}
