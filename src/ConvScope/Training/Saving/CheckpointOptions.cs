namespace ConvScope.Training.Saving;

/// <summary>Where and how often a training is saved.</summary>
/// <param name="Folder">
/// The folder of the checkpoints, made where it is missing: <c>epoch-005.pth</c> after an epoch and <c>best.pth</c>, the one with the highest validation accuracy (a regression: the lowest validation loss), or the lowest training loss without a validation set.
/// A training that begins anew does not touch the checkpoints of another: it takes the first of <c>-002</c>, <c>-003</c>, … that holds none, so that cross-validation works with it.
/// </param>
/// <remarks>
/// The files hold <c>{epoch, step, state_dict, optimizer, rng_state, shuffle_state, history, network, options}</c>, and
/// <c>cuda_rng_state</c> of a training on a GPU; PyTorch's <c>torch.load(path, weights_only=True)</c> opens them. Each is written
/// beside and renamed.
/// A checkpoint that cannot be written is warned of once, and the training goes on. Weights that are NaN or infinite are never written.
/// </remarks>
public sealed record CheckpointOptions(string Folder)
{
    /// <summary>Epochs from one checkpoint to the next, at least 1; the last epoch is always saved. Default 1.</summary>
    public int SaveInterval { get; init; } = 1;

    /// <summary>Checkpoints of epochs that are kept beside the best one, at least 1; older ones are deleted. Default 2.</summary>
    public int KeepLast { get; init; } = 2;

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentException">The folder is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(SaveInterval, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepLast, 1);
    }
}
