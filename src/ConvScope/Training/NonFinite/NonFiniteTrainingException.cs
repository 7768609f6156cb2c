namespace ConvScope.Training.NonFinite;

/// <summary>
/// A training was ended because it is no longer finite, as <see cref="NonFiniteAction.Stop"/> says. The message tells when and where that
/// was seen, and from which checkpoint to go on.
/// </summary>
/// <remarks>
/// On the CPU the network is left with the weights that gave the loss: it is looked at before each update. On other devices some updates
/// have followed.
/// </remarks>
public sealed class NonFiniteTrainingException : Exception
{
    /// <summary>Makes the error.</summary>
    public NonFiniteTrainingException()
    {
    }

    /// <summary>Makes the error with a message.</summary>
    public NonFiniteTrainingException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with its cause.</summary>
    public NonFiniteTrainingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the error for what was seen.</summary>
    /// <param name="state">What was not finite.</param>
    /// <param name="checkpoint">Path of the newest checkpoint whose weights are finite; null for none.</param>
    public NonFiniteTrainingException(NonFiniteState state, string? checkpoint)
        : base($"The training was stopped: {state?.Text}; {Offer(checkpoint)}.") => (State, Checkpoint) = (state, checkpoint);

    /// <summary>What was not finite; null where the error was made without it.</summary>
    public NonFiniteState? State { get; }

    /// <summary>The first step whose loss was not finite, from 0 over the whole training; -1 where that is not known.</summary>
    public long Step => State?.Step ?? -1;

    /// <summary>The epoch of that step, from 1; 0 where that is not known.</summary>
    public int Epoch => State?.Epoch ?? 0;

    /// <summary>
    /// The first layer that is not finite, <c>input</c> for the images; null where there is none but the loss, or where that is not known.
    /// </summary>
    public string? Layer => State?.Layer;

    /// <summary>Path of the newest checkpoint whose weights are finite, to be resumed from; null where there is none.</summary>
    public string? Checkpoint { get; }

    private static string Offer(string? checkpoint) =>
        checkpoint is null ? "there is no finite checkpoint" : $"the newest finite checkpoint is '{checkpoint}'";
}
