using ConvScope.Networks;
using ConvScope.Quantities.Layers;
using ConvScope.Quantities.Parameters;
using ConvScope.Records.Networks.Tasks;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>
/// What quantities may look at in one measured step. It is made once a step and shared by all of them, so that nothing is computed twice.
/// Its tensors live until the end of the step.
/// </summary>
public sealed class StepContext
{
    private readonly Func<IReadOnlyList<ParameterState>> _readParameters;
    private readonly Func<IReadOnlyList<LayerOutput>> _readLayers;
    private readonly Func<IReadOnlyList<(string Name, Tensor First, Tensor Second)>> _readHalfGradients;
    private Tensor? _classLogits;
    private IReadOnlyList<ParameterState>? _parameters;
    private IReadOnlyList<LayerOutput>? _layers;

    /// <summary>Gathers what a step may be asked for.</summary>
    /// <param name="task">What the outputs mean; null where it is not known.</param>
    /// <param name="loss">Loss of the batch, a scalar; null where it is not known.</param>
    /// <param name="outputs">The outputs; null where they are not known.</param>
    /// <param name="labels">The labels; null where they are not known.</param>
    /// <param name="readParameters">Reads the parameters, once, when they are first asked for.</param>
    /// <param name="readLayers">Runs the probe batch, once, when it is first asked for.</param>
    /// <param name="readHalfGradients">Runs the halves of the probe batch, at each call.</param>
    internal StepContext(
        LearningTask? task,
        Tensor? loss,
        Tensor? outputs,
        Tensor? labels,
        Func<IReadOnlyList<ParameterState>> readParameters,
        Func<IReadOnlyList<LayerOutput>> readLayers,
        Func<IReadOnlyList<(string Name, Tensor First, Tensor Second)>> readHalfGradients)
    {
        (Task, Loss, Outputs, Labels) = (task, loss, outputs, labels);
        (_readParameters, _readLayers, _readHalfGradients) = (readParameters, readLayers, readHalfGradients);
    }

    /// <summary>Loss of the batch before the update, a scalar; null where the loop gave none of one element.</summary>
    public Tensor? Loss { get; }

    /// <summary>Whether the rows of outputs and labels are pixels or places of a text, of which an image has many.</summary>
    public bool IsPerPixel { get; internal init; }

    /// <summary>The network's outputs before the update, <c>[N, K]</c>, or <c>[N, 1]</c> for binary classification and regression; a row a pixel where <see cref="IsPerPixel"/>. Null where they are not known.</summary>
    public Tensor? Outputs { get; }

    /// <summary>The batch's class indices, or the numbers of a regression, <c>[N]</c>; below 0 for rows that the loss leaves out. Null where they are not known, or are no classes of the outputs.</summary>
    public Tensor? Labels { get; }

    /// <summary>What the outputs mean; null where it is not known.</summary>
    public LearningTask? Task { get; }

    /// <summary>A logit for each class before the update, <c>[N, K]</c>, also where a binary classifier has one output; null where outputs are not known and for a regression.</summary>
    public Tensor? ClassLogits => _classLogits ??= Outputs is null ? null : Task?.ClassLogits(Outputs);

    /// <summary>Every parameter with its gradient, in the network's order.</summary>
    public IReadOnlyList<ParameterState> Parameters => _parameters ??= _readParameters();

    /// <summary>
    /// The layers' outputs for the probe batch, after the update, in forward order; the forward pass runs when it is first asked for. Empty
    /// where the network cannot be shown images.
    /// </summary>
    public IReadOnlyList<LayerOutput> Layers => _layers ??= _readLayers();

    /// <summary>The parameters' gradients by the halves of the probe batch; computed anew at each call.</summary>
    internal IReadOnlyList<(string Name, Tensor First, Tensor Second)> HalfGradients => _readHalfGradients();
}
