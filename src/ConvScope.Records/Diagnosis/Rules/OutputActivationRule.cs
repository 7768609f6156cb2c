using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>A network that ends in an activation function, before a cross-entropy that expects logits of any size and sign.</summary>
public sealed class OutputActivationRule() : Rule("output activation", QuantityNames.OutputMean, persistence: 1)
{
    private static readonly HashSet<string> _activations = new(StringComparer.Ordinal) { "ReLU", "ReLU6", "Sigmoid", "Tanh", "Softmax", "Hardtanh", "Hardsigmoid" };

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.Facts is { ClassesOfLoss: > 1, Layers: [.., var last] } && _activations.Contains(last.Kind))
            yield return new Signal(last.Name, Severity.Warning, $"The network ends in {last.Kind}, but a cross-entropy expects logits.", "Let the network end in its last linear layer.");
    }
}
