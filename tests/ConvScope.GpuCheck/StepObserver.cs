using ConvScope.Training;
using ConvScope.Training.Images;

namespace ConvScope.GpuCheck;

/// <summary>Looks after every step, and ends the training when it has seen enough.</summary>
/// <param name="goesOn">Gets the number of the step that was made, from 0; false ends the training.</param>
internal sealed class StepObserver(Func<long, bool> goesOn) : TrainingObserver, IDisposable
{
    private readonly CancellationTokenSource _end = new();

    /// <summary>Trains until it has seen enough.</summary>
    public void Train(TrainingOptions options, nn.Module<Tensor, Tensor> network, TrainingImages data)
    {
        try
        {
            new Trainer(options, [this]).Train(network, data, cancellation: _end.Token);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // the end that was asked for
        }
    }

    /// <inheritdoc />
    public override void OnStepCompleted(StepCompleted completed)
    {
        if (!goesOn(completed.Step))
            _end.Cancel();
    }

    /// <inheritdoc />
    public void Dispose() => _end.Dispose();
}
