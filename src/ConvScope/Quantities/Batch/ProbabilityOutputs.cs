using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities.Batch;

/// <summary>
/// Share of the step's batch whose outputs are probabilities already, none negative and adding up to 1 within 0.001, 0 to 1: a network that ends in a softmax and is trained
/// with a loss that applies another one learns slowly or not at all. Left out where outputs are not known and where there is one output.
/// </summary>
public sealed class ProbabilityOutputs() : Quantity(QuantityNames.ProbabilityOutputs, "fraction")
{
    /// <inheritdoc />
    public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Outputs is { } outputs && outputs.dim() == 2 && outputs.shape[1] > 1)
            yield return ("", outputs.sum(1).sub(1).abs().lt(1e-3).logical_and(outputs.amin([1L]).ge(0)).mean([], false, ScalarType.Float64));
    }
}
