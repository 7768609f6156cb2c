using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>A quantity that gives one number for each parameter's gradient; parameters without a gradient are left out.</summary>
public abstract class GradientQuantity(string name) : Quantity(name, "1")
{
    /// <inheritdoc />
    public sealed override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var parameter in context.Parameters)
        {
            if (parameter.Gradient is { } gradient)
                yield return (parameter.Name, Measure(gradient));
        }
    }

    /// <summary>The number of one gradient, as a tensor with one element.</summary>
    protected abstract Tensor Measure(Tensor gradient);
}
