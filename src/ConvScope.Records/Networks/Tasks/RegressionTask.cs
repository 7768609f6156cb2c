using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Tasks;

/// <summary>
/// A number: one output, trained on the squared error. The network learns labels that are standardised, <c>(label − Mean) / StandardDeviation</c>, so that learning rate and initial weights suit labels of any
/// unit; its predictions are in the label's unit. Labels are 32-bit floats.
/// </summary>
/// <remarks>The loss is the squared error of standardised labels, in variances of the labels: 1 for a network that always says their mean.</remarks>
public sealed record RegressionTask : LearningTask
{
    /// <summary>Describes how labels are standardised.</summary>
    /// <param name="mean">What is taken from a label, in the label's unit; finite. Default 0.</param>
    /// <param name="standardDeviation">What the difference is divided by, in the label's unit; positive and finite. Default 1.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    [JsonConstructor]
    public RegressionTask(double mean = 0, double standardDeviation = 1)
        : base("regression", "label variance")
    {
        if (!double.IsFinite(mean))
            throw new ArgumentException($"The mean of labels is finite; it got {mean}.", nameof(mean));
        if (!double.IsFinite(standardDeviation) || standardDeviation <= 0)
            throw new ArgumentException($"The standard deviation of labels is positive; it got {standardDeviation}.", nameof(standardDeviation));
        Mean = mean;
        StandardDeviation = standardDeviation;
    }

    /// <summary>What is taken from a label, in the label's unit.</summary>
    public double Mean { get; }

    /// <summary>What the difference is divided by, in the label's unit.</summary>
    public double StandardDeviation { get; }

    /// <summary>Standardises by the mean and the standard deviation of given labels; by 1 where they are all the same.</summary>
    /// <param name="labels">The labels of the training set, at least one, all finite.</param>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public static RegressionTask Of(ReadOnlySpan<float> labels)
    {
        if (labels.IsEmpty)
            throw new ArgumentException("There are no labels to standardise by.", nameof(labels));
        double sum = 0, squares = 0;
        foreach (var label in labels)
            sum += label;
        var mean = sum / labels.Length;
        foreach (var label in labels)
            squares += (label - mean) * (label - mean);
        var deviation = Math.Sqrt(squares / labels.Length);
        return new RegressionTask(mean, deviation == 0 ? 1 : deviation);
    }

    /// <inheritdoc />
    public override int ClassCount(int outputs) => 0;

    /// <summary>The task in words.</summary>
    public override string ToString() => "regression";

    internal override bool Fits(int outputs) => outputs == 1;
}
