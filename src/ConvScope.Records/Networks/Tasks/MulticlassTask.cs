namespace ConvScope.Records.Networks.Tasks;

/// <summary>
/// One of several classes: one logit a class, softmax, and cross-entropy in nats. Labels are class indices from 0, 64-bit integers.
/// </summary>
public sealed record MulticlassTask() : LearningTask("multiclass", "nats")
{
    /// <inheritdoc />
    public override int ClassCount(int outputs) => outputs;

    /// <summary>The task in words.</summary>
    public override string ToString() => "multiclass classification";

    internal override bool Fits(int outputs) => outputs > 1;
}
