namespace ConvScope.Records.Networks.Tasks;

/// <summary>
/// Yes or no: one logit <c>z</c>, the probability <c>sigmoid(z)</c> of yes, and binary cross-entropy in nats. Labels are 0 for no and 1 for yes, 64-bit integers; the answer is yes where <c>z</c> is above 0.
/// </summary>
public sealed record BinaryTask() : LearningTask("binary", "nats")
{
    /// <inheritdoc />
    public override int ClassCount(int outputs) => 2;

    /// <summary>The task in words.</summary>
    public override string ToString() => "binary classification";

    internal override bool Fits(int outputs) => outputs == 1;
}
