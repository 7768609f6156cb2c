using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// A network that gives probabilities to a loss that makes probabilities of them once more: gradients are small and the loss cannot fall below ln(1 + (K − 1) / e).
/// </summary>
public sealed class DoubleSoftmaxRule() : Rule("double softmax", QuantityNames.ProbabilityOutputs, persistence: 2)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var probabilities = history.Find(QuantityNames.ProbabilityOutputs)!;
        if (history.Facts.ClassesOfLoss > 1 && probabilities.Count >= 2 && probabilities.Latest(2).Min() > 0.99)
        {
            yield return new Signal("", Severity.Warning, "The network's outputs are probabilities already, and the cross-entropy applies a softmax of its own.",
                "Let the network end in its last linear layer.", Latest(QuantityNames.ProbabilityOutputs, "", probabilities));
        }
    }
}
