using ConvScope.Quantities;
using ConvScope.Quantities.Batch;
using ConvScope.Records.Networks.Tasks;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>What a training's outputs mean, as it was stated or, in a loop that does not say, as the first ones show.</summary>
/// <param name="stated">The task; null to take several outputs for multiclass classification, one output with class indices for binary classification, and one without for a number.</param>
internal sealed class OutputFacts(LearningTask? stated = null)
{
    /// <summary>What the outputs mean.</summary>
    public LearningTask Task { get; private set; } = stated ?? new MulticlassTask();

    /// <summary>Number of classes; 0 before the first outputs, where they are not known, and for a regression.</summary>
    public int ClassCount { get; private set; }

    /// <summary>Images a step; 0 before the first outputs.</summary>
    public long BatchSize { get; private set; }

    /// <summary>Looks at the first outputs <c>[N, K]</c>; others are left aside.</summary>
    /// <param name="outputs">The outputs; null where they are not known.</param>
    /// <param name="labels">The labels; null where they are not known.</param>
    public void Note(Tensor? outputs, Tensor? labels)
    {
        if (BatchSize > 0 || outputs?.dim() != 2)
            return;
        var count = (int)outputs.shape[1];
        Task = stated ?? (count == 1 && labels?.dtype != ScalarType.Int64 ? new RegressionTask() : LearningTask.Implied(count));
        (BatchSize, ClassCount) = (outputs.shape[0], Task.ClassCount(count));
    }

    /// <summary>Unit of a quantity; that of the loss belongs to the task.</summary>
    public string Unit(Quantity quantity) => quantity is BatchLoss && stated is not null ? stated.LossUnit : quantity.Unit;
}
