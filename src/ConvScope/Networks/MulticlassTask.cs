using static TorchSharp.torch;

namespace ConvScope.Networks;

/// <summary>
/// One of several classes: one logit a class, softmax, and cross-entropy in nats. Labels are class indices from 0, 64-bit integers.
/// </summary>
public sealed record MulticlassTask() : LearningTask("multiclass", "nats")
{
    /// <inheritdoc />
    public override int ClassCount(int outputs) => outputs;

    /// <inheritdoc />
    public override Tensor Loss(Tensor outputs, Tensor labels, double smoothing = 0) => nn.functional.cross_entropy(outputs, labels, label_smoothing: smoothing);

    /// <inheritdoc />
    public override Tensor Predict(Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return outputs.softmax(1);
    }

    /// <summary>The task in words.</summary>
    public override string ToString() => "multiclass classification";

    internal override Tensor ClassLogits(Tensor outputs) => outputs;

    internal override bool Fits(int outputs) => outputs > 1;

    internal override void Check(long[] outputs, Tensor labels, string set)
    {
        CheckType(labels, ScalarType.Int64, "class indices, 64-bit integers", set);
        var classes = outputs[^1];
        using var largest = labels.max();
        if (largest.item<long>() is var label && label >= classes)
            throw new ArgumentException($"The {set} has label {label}; the network tells {classes} classes apart, 0 to {classes - 1}.");
    }
}
