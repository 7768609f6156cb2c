using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis.Rules;

/// <summary>
/// Outputs that are the same whatever the image: the way from the data to the outputs is broken.
/// </summary>
public sealed class InputDependenceRule() : Rule("input dependence", QuantityNames.InputDependence, persistence: 1)
{
    /// <inheritdoc />
    public override IEnumerable<Signal> Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var dependence = history.Find(QuantityNames.InputDependence)!;
        if (dependence.Last.Value < 1e-6)
        {
            yield return new Signal("", Severity.Failure, Text($"The outputs are the same for all images."),
                "Follow the images through the network: where do the layers' outputs become constant?", Latest(QuantityNames.InputDependence, "", dependence));
        }
    }
}
