namespace ConvScope.Records.Recording;

/// <summary>The names under which quantities stand in a record. They are stable: figures, rules and scripts ask for them.</summary>
public static class QuantityNames
{
    /// <summary>Mean loss of one training batch, before the step's update: cross-entropy in nats, or the squared error of a regression in variances of the labels.</summary>
    public const string Loss = "loss";

    /// <summary>Share of one training batch classified right, before the step's update, 0 to 1.</summary>
    public const string Accuracy = "accuracy";

    /// <summary>Learning rate of a step.</summary>
    public const string LearningRate = "learning rate";

    /// <summary>Mean loss over the training set as seen during an epoch, each batch before its own update, in the unit of <see cref="Loss"/>.</summary>
    public const string TrainLoss = "train loss";

    /// <summary>Share of training images classified right during an epoch, each batch before its own update, 0 to 1.</summary>
    public const string TrainAccuracy = "train accuracy";

    /// <summary>Mean loss over the validation set after an epoch, in the unit of <see cref="Loss"/>.</summary>
    public const string ValidationLoss = "validation loss";

    /// <summary>Share of validation images classified right after an epoch, 0 to 1.</summary>
    public const string ValidationAccuracy = "validation accuracy";

    /// <summary>Root mean squared error of a regression over the training set during an epoch, each batch before its own update, in the label's unit.</summary>
    public const string TrainError = "train rmse";

    /// <summary>Root mean squared error of a regression over the validation set after an epoch, in the label's unit.</summary>
    public const string ValidationError = "validation rmse";

    /// <summary>Share of the variance of the training labels that a regression explains during an epoch, at most 1.</summary>
    public const string TrainRSquared = "train r squared";

    /// <summary>Share of the variance of the validation labels that a regression explains after an epoch, at most 1.</summary>
    public const string ValidationRSquared = "validation r squared";

    /// <summary>Euclidean norm of a parameter's gradient.</summary>
    public const string GradientNorm = "gradient norm";

    /// <summary>Mean of a parameter's gradient, signed.</summary>
    public const string GradientMean = "gradient mean";

    /// <summary>Largest magnitude in a parameter's gradient.</summary>
    public const string GradientMax = "gradient max";

    /// <summary>Euclidean norm of a parameter after the step.</summary>
    public const string WeightNorm = "weight norm";

    /// <summary>Standard deviation of a parameter's gradient.</summary>
    public const string GradientStandardDeviation = "gradient std";

    /// <summary>Share of a parameter's gradient that is exactly zero, 0 to 1.</summary>
    public const string GradientZeroShare = "gradient zero share";

    /// <summary>Number of elements of a parameter's gradient that are NaN or infinite.</summary>
    public const string GradientNonFinite = "gradient non-finite";

    /// <summary>Mean of a parameter after the step, signed.</summary>
    public const string WeightMean = "weight mean";

    /// <summary>Standard deviation of a parameter after the step.</summary>
    public const string WeightStandardDeviation = "weight std";

    /// <summary>Size of a parameter's update relative to the parameter: ‖ΔW‖ / ‖W‖.</summary>
    public const string UpdateRatio = "update ratio";

    /// <summary>Euclidean distance of a parameter from its initial values.</summary>
    public const string DistanceFromInitialization = "distance from initialization";

    /// <summary>Gradient signal-to-noise ratio of a parameter between the halves of a batch; 1 is pure noise.</summary>
    public const string GradientSignalToNoise = "gradient signal to noise";

    /// <summary>Mean of a layer's output on the probe batch.</summary>
    public const string OutputMean = "output mean";

    /// <summary>Standard deviation of a layer's output on the probe batch.</summary>
    public const string OutputStandardDeviation = "output std";

    /// <summary>Share of a layer's output on the probe batch that is zero or below, 0 to 1.</summary>
    public const string OutputZeroShare = "output zero share";

    /// <summary>Share of a saturating layer's output on the probe batch that lies at its flat ends, 0 to 1.</summary>
    public const string OutputSaturation = "output saturation";

    /// <summary>Norm of the loss's gradient by a layer's output on the probe batch.</summary>
    public const string OutputGradientNorm = "output gradient norm";

    /// <summary>Mean of the loss's gradient by a layer's output on the probe batch, signed.</summary>
    public const string OutputGradientMean = "output gradient mean";

    /// <summary>Share of a rectifying layer's units that were active nowhere on the probe batch, 0 to 1.</summary>
    public const string InactiveUnits = "inactive units";

    /// <summary>Share of a rectifying layer's units that were active nowhere on the probe set, 0 to 1.</summary>
    public const string DeadUnits = "dead units";

    /// <summary>Counts of a parameter's gradient over the bins of <see cref="HistogramBins"/>.</summary>
    public const string GradientHistogram = "gradient histogram";

    /// <summary>Counts of a parameter over the bins of <see cref="HistogramBins"/>.</summary>
    public const string WeightHistogram = "weight histogram";

    /// <summary>Counts of a parameter's update over the bins of <see cref="HistogramBins"/>.</summary>
    public const string UpdateHistogram = "update histogram";

    /// <summary>Share of a batch whose outputs are probabilities already, 0 to 1.</summary>
    public const string ProbabilityOutputs = "probability outputs";

    /// <summary>Largest cosine between the weights of two units of a layer.</summary>
    public const string UnitSimilarity = "unit similarity";

    /// <summary>Share of a batch that belongs to its most frequent class, 0 to 1.</summary>
    public const string DominantClass = "dominant class";

    /// <summary>
    /// Elements of a parameter that are NaN or infinite before the first step. Like the three that follow it is there only for a parameter
    /// with values that no initialiser gives.
    /// </summary>
    public const string InitialNonFinite = "initial non-finite";

    /// <summary>
    /// Share of a parameter's elements other than zero that are denormal before the first step, 0 to 1; left out for a network that was
    /// trained before.
    /// </summary>
    public const string InitialDenormals = "initial denormals";

    /// <summary>Smallest magnitude other than zero of a parameter's finite elements before the first step.</summary>
    public const string InitialSmallest = "initial smallest";

    /// <summary>Largest magnitude of a parameter's finite elements before the first step.</summary>
    public const string InitialLargest = "initial largest";

    /// <summary>Share of the probe set's images whose pixels are all the same, 0 to 1.</summary>
    public const string ConstantImages = "constant images";

    /// <summary>Images of the most frequent class of the probe set divided by those of the rarest; a class without images counts as half an image.</summary>
    public const string ClassImbalance = "class imbalance";

    /// <summary>Share of the probe set's images whose nearest other image has the same label, 0 to 1.</summary>
    public const string NeighbourAgreement = "neighbour agreement";

    /// <summary>What <see cref="NeighbourAgreement"/> would be if labels had nothing to do with images: the sum of the squared shares of the classes.</summary>
    public const string ChanceAgreement = "chance agreement";

    /// <summary>Share of the validation images that are in the training set too, pixel for pixel, 0 to 1.</summary>
    public const string SharedImages = "shared images";

    /// <summary>Share of one batch of at most 32 images that the network classifies right after at most 200 steps on nothing else, 0 to 1.</summary>
    public const string OneBatchAccuracy = "one-batch accuracy";

    /// <summary>Largest difference between the outputs for two images, relative to the largest output.</summary>
    public const string InputDependence = "input dependence";

    /// <summary>Largest change of an image's outputs in evaluation mode when the rest of its batch changes, relative to the largest output.</summary>
    public const string BatchMixing = "batch mixing";
}
