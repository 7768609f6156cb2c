using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>A quantity that gives one number for each parameter's gradient; parameters without a gradient are left out.</summary>
public abstract class GradientQuantity(string name, string unit = "1") : ParameterQuantity(name, unit)
{
    /// <inheritdoc />
    protected sealed override Tensor? Measure(ParameterState parameter) => parameter?.Gradient is { } gradient ? Measure(gradient) : null;

    /// <summary>The number of one gradient, as a tensor with one element.</summary>
    protected abstract Tensor Measure(Tensor gradient);
}
