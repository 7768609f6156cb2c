using System.Globalization;

namespace ConvScope.Training.NonFinite;

/// <summary>The first thing in a training that was NaN or infinite.</summary>
/// <param name="Kind">What showed it.</param>
/// <param name="Step">
/// The step whose loss it was, from 0 over the whole training; the epoch's last step for a validation loss and for weights.
/// </param>
/// <param name="Epoch">The epoch of that step, from 1.</param>
/// <param name="Loss">The loss; null for weights.</param>
public sealed record NonFiniteState(NonFiniteKind Kind, long Step, int Epoch, double? Loss)
{
    /// <summary>The name of <see cref="Layer"/> where the images themselves are not finite.</summary>
    public const string Input = "input";

    /// <summary>
    /// The first layer, in the order in which they are called, that holds or gives values that are not finite; <see cref="Input"/> for the
    /// images. Null where there is none but the loss itself, and where the state of that step was gone when the loss was looked at.
    /// </summary>
    public string? Layer { get; init; }

    /// <summary>What is not finite there, in words that go on after a semicolon; empty where nothing is known.</summary>
    public string Place { get; init; } = "";

    /// <summary>Asks for the end of the training as <see cref="TrainingOutcome.Stopped"/>, in place of a <see cref="NonFiniteTrainingException"/>.</summary>
    /// <param name="reason">Why, in words: it is kept with the record.</param>
    public void Stop(string reason) => StopRequest?.Ask(reason);

    internal StopRequest? StopRequest { get; init; }

    /// <summary>
    /// The state in a sentence: <c>The loss of step 7 (epoch 1) is NaN; the first layer that is not finite is 'conv1': 'conv1.weight' (150
    /// of 150 values).</c>
    /// </summary>
    public override string ToString()
    {
        var text = Text;
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }

    /// <summary>The sentence without its capital and its full stop.</summary>
    internal string Text => Seen.ToString(CultureInfo.InvariantCulture) + (Place.Length == 0 ? "" : $"; {Place}");

    private FormattableString Seen => Kind switch
    {
        NonFiniteKind.ValidationLoss => $"the validation loss after epoch {Epoch} (step {Step}) is {Loss}",
        NonFiniteKind.Weights => $"the weights after epoch {Epoch} (step {Step}) are no longer finite",
        _ => $"the loss of step {Step} (epoch {Epoch}) is {Loss}",
    };
}
