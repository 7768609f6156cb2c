using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Two layers with weights and nothing between them that is not linear: together they can do no more than one of them.
/// </summary>
public sealed class MissingNonlinearityRule() : Rule("missing nonlinearity", QuantityNames.OutputMean, persistence: 1)
{
    private static readonly HashSet<string> _weighted = new(StringComparer.Ordinal) { "Conv2d", "Linear", "Conv1d", "Conv3d" };

    private static readonly HashSet<string> _linear = new(StringComparer.Ordinal) { "Flatten", "BatchNorm2d", "BatchNorm1d", "AvgPool2d", "AdaptiveAvgPool2d", "Dropout", "Dropout2d", "Identity" };

    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        LayerFact? weighted = null;
        foreach (var layer in history.Facts.Layers)
        {
            if (!layer.IsDirect)
                weighted = null; // something that is no module lies in between: it may be anything
            if (_weighted.Contains(layer.Kind))
            {
                if (weighted is not null)
                    yield return new Signal(layer.Name, Severity.Warning, $"Between {weighted.Name} and {layer.Name} there is nothing that is not linear.", "Put a ReLU between them.");
                weighted = layer;
            }
            else if (!_linear.Contains(layer.Kind))
            {
                weighted = null;
            }
        }
    }
}
