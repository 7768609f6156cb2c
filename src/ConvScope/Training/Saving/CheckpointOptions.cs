using System.Text.Json.Serialization;

namespace ConvScope.Training.Saving;

/// <summary>Where and how often a training is saved.</summary>
/// <param name="Folder">
/// The folder of the checkpoints, made where it is missing; null for <c>checkpoints</c> in the run folder of the training that is recorded. It holds <c>epoch-005.pth</c> after an epoch and <c>best.pth</c>, the weights
/// with the highest validation accuracy (a regression: the lowest validation loss), or the lowest training loss without a validation set.
/// Checkpoints belong to the training that writes them: another one, also one that goes on from them, takes the first of <c>-002</c>, <c>-003</c>, … where none lie, and names what it goes on from.
/// A folder inside the run folder that was asked for goes with the run folder that the training gets.
/// </param>
/// <remarks>
/// The files hold <c>{epoch, step, state_dict, optimizer, rng_state, shuffle_state, history, network, options, run, parent}</c>, and
/// <c>cuda_rng_state</c> of a training on a GPU; PyTorch's <c>torch.load(path, weights_only=True)</c> opens them. Each is written
/// beside and renamed. Where the weights are averaged, <c>best.pth</c> has the averaged ones as <c>state_dict</c>, since they were measured, and the others as <c>live_state_dict</c>.
/// A checkpoint that cannot be written is warned of once, before the first step where the folder cannot be, and the training goes on. Weights that are NaN or infinite are never written.
/// The last epoch that is over is saved, whatever ended the training; where it ended within an epoch, <c>interrupted.pth</c> holds the weights of that step.
/// </remarks>
public sealed record CheckpointOptions(string? Folder = null)
{
    /// <summary>Epochs from one checkpoint to the next, at least 1; the last epoch is always saved. Default 1.</summary>
    public int SaveInterval { get; init; } = 1;

    /// <summary>Checkpoints of epochs that are kept beside the best one, at least 1; older ones of this training are deleted. Default 2.</summary>
    public int KeepLast { get; init; } = 2;

    /// <summary>
    /// Bytes that the checkpoints of this training may take, at least 1; null, the default, for any number. Older ones of epochs are deleted before <see cref="KeepLast"/> would; the last one and
    /// the best are kept whatever they take, and a warning says once that they take more. While one is written it lies beside those that it replaces.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Limit { get; init; }

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentException">The folder is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (Folder is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(Folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(SaveInterval, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepLast, 1);
        if (Limit is < 1)
            throw new ArgumentOutOfRangeException(nameof(Limit), Limit, "The limit of the checkpoints is a number of bytes, at least 1; null is no limit.");
    }
}
