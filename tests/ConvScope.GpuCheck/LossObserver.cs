using ConvScope.Training;

namespace ConvScope.GpuCheck;

/// <summary>Keeps the loss of every step.</summary>
internal sealed class LossObserver : TrainingObserver
{
    private readonly List<double> _losses = [];

    /// <summary>The losses, in the order of the steps.</summary>
    public IReadOnlyList<double> Losses => _losses;

    /// <inheritdoc />
    public override void OnStepCompleted(StepCompleted completed)
    {
        using var loss = completed.Loss.to(ScalarType.Float64);
        _losses.Add(loss.item<double>());
    }
}
