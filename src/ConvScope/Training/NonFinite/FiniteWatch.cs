using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Training.Optimization;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training.NonFinite;

/// <summary>
/// Sees to it that a training which is no longer finite is told of once, and ends where that is asked for. Losses are looked at before
/// their update, so that on the CPU the weights that gave a bad one are still there.
/// </summary>
internal sealed partial class FiniteWatch : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly LossWatch _losses;
    private readonly ObserverGroup _observers;
    private readonly ILogger _logger;
    private readonly Device _device;

    /// <summary>Begins to watch a training.</summary>
    /// <param name="network">The network.</param>
    /// <param name="losses">Looks at the losses; disposed with this.</param>
    /// <param name="device">Where the network is trained.</param>
    /// <param name="observers">Who is told.</param>
    /// <param name="logger">Gets the warning of a training that goes on.</param>
    public FiniteWatch(nn.Module<Tensor, Tensor> network, LossWatch losses, Device device, ObserverGroup observers, ILogger logger) =>
        (_network, _losses, _device, _observers, _logger) = (network, losses, device, observers, logger);

    /// <summary>Whether the training ends where it is no longer finite.</summary>
    public required bool Stops { get; init; }

    /// <summary>Gives the newest checkpoint whose weights are finite; null where there is none.</summary>
    public required Func<string?> Checkpoint { get; init; }

    /// <summary>The first thing that was not finite; null while all is well.</summary>
    public NonFiniteState? First { get; private set; }

    /// <summary>
    /// Looks at the loss of a step before its update, and after its gradients: a network that is called once more changes buffers which
    /// those need.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="images">What the network was shown.</param>
    /// <param name="loss">The loss, a scalar.</param>
    /// <exception cref="NonFiniteTrainingException">It, or one before it, is not finite.</exception>
    public void Look(long step, int epoch, Tensor images, Tensor loss)
    {
        if (First is null && _losses.Add(step, loss) is { } bad)
            Raise(new NonFiniteState(NonFiniteKind.TrainingLoss, bad.Step, epoch, bad.Loss), bad.Step == step ? Layer(images) : Gone());
    }

    /// <summary>
    /// Looks at what an epoch has left: losses that were not read yet, weights and running statistics, and their average.
    /// </summary>
    /// <param name="step">The epoch's last step.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="average">The running average of the weights; null where none is kept.</param>
    /// <returns>Whether the weights are finite.</returns>
    /// <exception cref="NonFiniteTrainingException">Something of it is not finite.</exception>
    public bool LookAtWeights(long step, int epoch, KeptWeights? average)
    {
        if (First is null && _losses.Read() is { } bad)
            Raise(new NonFiniteState(NonFiniteKind.TrainingLoss, bad.Step, epoch, bad.Loss), Gone());
        var weights = NonFiniteWeights.Find(_network);
        if (weights.Count == 0 && average is not null)
            weights = average.FindNonFinite();
        if (First is null && weights.Count > 0)
            Raise(new NonFiniteState(NonFiniteKind.Weights, step, epoch, null), NonFiniteSearch.InWeights(weights));
        return weights.Count == 0;
    }

    /// <summary>Looks at the loss over the validation set.</summary>
    /// <param name="step">The epoch's last step.</param>
    /// <param name="metrics">What the epoch came to.</param>
    /// <param name="search">Finds the layer in that set.</param>
    /// <exception cref="NonFiniteTrainingException">It is not finite.</exception>
    public void LookAtValidation(long step, EpochMetrics metrics, Func<(string? Layer, string Place)> search)
    {
        if (First is not null || metrics.ValidationLoss is not { } loss || double.IsFinite(loss))
            return;
        Raise(new NonFiniteState(NonFiniteKind.ValidationLoss, step, metrics.Epoch, loss), MayRepeat ? Quietly(search) : (null, ""));
    }

    public void Dispose() => _losses.Dispose();

    private void Raise(NonFiniteState state, (string? Layer, string Place) found)
    {
        First = state with { Layer = found.Layer, Place = found.Place, StopRequest = _observers.Stop };
        _observers.NonFinite(First);
        if (!Stops)
        {
            LogGoesOn(_logger, First);
            return;
        }

        if (_observers.IsStopped)
            return; // an observer that was told asks for the end: it has the say
        throw new NonFiniteTrainingException(First, Checkpoint());
    }

    /// <summary>
    /// Whether the network may be called once more: a training that goes on does so only where nothing of that call can stay behind.
    /// </summary>
    private bool MayRepeat => Stops || (_network is SpecNetwork && _device.type == DeviceType.CPU);

    private (string? Layer, string Place) Layer(Tensor images) => Quietly(() => MayRepeat
        ? NonFiniteSearch.InBatch(_network, images)
        : NonFiniteSearch.InWeights(NonFiniteWeights.Find(_network)));

    private (string? Layer, string Place) Gone() =>
        (null, $"which layer came first is no longer known, since the losses on {_device} are read every {_losses.Interval} steps");

    /// <summary>What was found first is told also where the search for its place fails.</summary>
    private static (string? Layer, string Place) Quietly(Func<(string? Layer, string Place)> search)
    {
        try
        {
            return search();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return (null, $"the layer could not be looked for: {exception.Message.TrimEnd('.')}");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "The training is no longer finite, and goes on all the same. {State} Such weights are kept neither as checkpoint nor as best.")]
    private static partial void LogGoesOn(ILogger logger, NonFiniteState state);
}
