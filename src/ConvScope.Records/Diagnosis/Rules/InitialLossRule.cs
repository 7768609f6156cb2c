using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A first loss that is far above the ln K of a network that knows nothing: a sum in place of a mean over the batch, outputs of a wrong scale, or inputs that were not scaled.
/// Source: Karpathy, "A Recipe for Training Neural Networks".
/// </summary>
public sealed class InitialLossRule() : Rule("loss at initialization", QuantityNames.Loss, persistence: 1)
{
    private const double Limit = 3; // times ln K: He initialisation of the last layer alone gives up to about 2

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var loss = history.Find(QuantityNames.Loss)!;
        var chance = history.Facts.ChanceLoss;
        if (loss.Count > 1 || double.IsNaN(chance) || !double.IsFinite(loss.Last.Value) || loss.Last.Value < Limit * chance)
            yield break;
        var summed = history.Facts.BatchSize > 3 && loss.Last.Value / history.Facts.BatchSize is var mean && mean > 0.7 * chance && mean < 1.5 * chance;
        yield return new Signal("", Severity.Warning,
            Text($"The first loss is {Number(loss.Last.Value)}; a network that knows nothing has ln {history.Facts.ClassesOfLoss} = {Number(chance)}.")
                + (summed ? Text($" Divided by the batch's {history.Facts.BatchSize} images it is {Number(loss.Last.Value / history.Facts.BatchSize)}: the loss is summed, not averaged.") : ""),
            summed ? "Average the loss over the batch, or divide the learning rate by the batch size." : "Scale the inputs to about −1 to 1 and initialise the last layer with smaller weights.",
            Latest(QuantityNames.Loss, "", loss));
    }
}
