using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Networks;

/// <summary>
/// Yes or no: one logit <c>z</c>, the probability <c>sigmoid(z)</c> of yes, and binary cross-entropy in nats. Labels are 0 for no and 1 for yes, 64-bit integers; the answer is yes where <c>z</c> is above 0.
/// </summary>
public sealed record BinaryTask() : LearningTask("binary", "nats")
{
    /// <inheritdoc />
    public override int ClassCount(int outputs) => 2;

    /// <summary>
    /// Mean of <c>−t ln p − (1 − t) ln(1 − p)</c> with <c>p = sigmoid(z)</c>; the target <c>t</c> is the label, smoothed to <c>label × (1 − smoothing) + smoothing / 2</c>.
    /// </summary>
    /// <inheritdoc />
    public override Tensor Loss(Tensor outputs, Tensor labels, double smoothing = 0)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(labels);
        return nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(1), labels.to(outputs.dtype).mul(1 - smoothing).add(smoothing / 2));
    }

    /// <inheritdoc />
    public override Tensor Predict(Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return outputs.sigmoid();
    }

    /// <summary>The task in words.</summary>
    public override string ToString() => "binary classification";

    /// <summary>−z/2 and z/2: their softmax is 1 − sigmoid(z) and sigmoid(z).</summary>
    internal override Tensor ClassLogits(Tensor outputs) => cat([outputs.mul(-0.5), outputs.mul(0.5)], 1);

    internal override bool Fits(int outputs) => outputs == 1;

    internal override void Check(long[] outputs, Tensor labels, string set)
    {
        CheckSingleOutput(outputs);
        CheckType(labels, ScalarType.Int64, "0 and 1, 64-bit integers", set);
        using var largest = labels.max();
        if (largest.item<long>() is > 1 and var label)
            throw new ArgumentException($"The {set} has label {label}; binary classification knows 0 and 1.");
    }
}
