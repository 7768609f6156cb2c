namespace ConvScope.Training.NonFinite;

/// <summary>What showed that a training is no longer finite.</summary>
public enum NonFiniteKind
{
    /// <summary>The loss of a batch.</summary>
    TrainingLoss,

    /// <summary>The loss over the validation set, while the losses of the batches and the weights were finite.</summary>
    ValidationLoss,

    /// <summary>The weights at the end of an epoch, or their running average, while all losses up to then were finite.</summary>
    Weights,
}
