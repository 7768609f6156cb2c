using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>A quantity that gives one number for each parameter.</summary>
public abstract class ParameterQuantity(string name, string unit = "1") : Quantity(name, unit)
{
    /// <inheritdoc />
    public sealed override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var parameter in context.Parameters)
        {
            if (Measure(parameter) is { } value)
                yield return (parameter.Name, value);
        }
    }

    /// <summary>The number of one parameter, as a tensor with one element; null for a parameter that is left out.</summary>
    protected abstract Tensor? Measure(ParameterState parameter);
}
