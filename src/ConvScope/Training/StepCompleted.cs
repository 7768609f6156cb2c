using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>
/// One optimizer update has been made. The parameters hold their new values and still carry the gradients that led to them. The tensors are alive only
/// during the call: an observer reads what it needs and disposes nothing of it.
/// </summary>
/// <param name="Step">The update, from 0 over the whole training.</param>
/// <param name="Epoch">The epoch that it belongs to, from 1.</param>
/// <param name="Images">The batch's raw pixels as the network saw them, after augmentation, <c>[N, C, H, W]</c>.</param>
/// <param name="Labels">The batch's class indices, or the numbers of a regression, <c>[N]</c>.</param>
/// <param name="Outputs">The network's outputs before the update, <c>[N, K]</c>, or <c>[N, 1]</c> for binary classification and regression.</param>
/// <param name="Loss">Mean loss of the batch before the update, with label smoothing where there is some, a scalar on the device; reading it waits for the device.</param>
public sealed record StepCompleted(long Step, int Epoch, Tensor Images, Tensor Labels, Tensor Outputs, Tensor Loss)
{
    /// <summary>Learning rate of the update.</summary>
    public double LearningRate { get; init; }

    /// <summary>The batch's raw pixels before augmentation, <c>[N, C, H, W]</c>; null where there was none.</summary>
    public Tensor? Originals { get; init; }

    /// <summary>Asks for the end of the training before its next step; it is then <see cref="TrainingOutcome.Stopped"/>. The first reason counts.</summary>
    /// <param name="reason">Why, in words: it is kept with the record.</param>
    public void Stop(string reason) => StopRequest?.Ask(reason);

    internal StopRequest? StopRequest { get; init; }
}
