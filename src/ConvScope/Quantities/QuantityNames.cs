namespace ConvScope.Quantities;

/// <summary>The names under which quantities stand in a record. They are stable: figures, rules and scripts ask for them.</summary>
public static class QuantityNames
{
    /// <summary>Mean cross-entropy of one training batch, before the step's update, in nats.</summary>
    public const string Loss = "loss";

    /// <summary>Mean loss over the training set as seen during an epoch, each batch before its own update, in nats.</summary>
    public const string TrainLoss = "train loss";

    /// <summary>Share of training images classified right during an epoch, each batch before its own update, 0 to 1.</summary>
    public const string TrainAccuracy = "train accuracy";

    /// <summary>Mean loss over the validation set after an epoch, in nats.</summary>
    public const string ValidationLoss = "validation loss";

    /// <summary>Share of validation images classified right after an epoch, 0 to 1.</summary>
    public const string ValidationAccuracy = "validation accuracy";

    /// <summary>Euclidean norm of a parameter's gradient.</summary>
    public const string GradientNorm = "gradient norm";

    /// <summary>Mean of a parameter's gradient, signed.</summary>
    public const string GradientMean = "gradient mean";

    /// <summary>Largest magnitude in a parameter's gradient.</summary>
    public const string GradientMax = "gradient max";

    /// <summary>Euclidean norm of a parameter after the step.</summary>
    public const string WeightNorm = "weight norm";
}
