using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace ConvScope.Networks;

/// <summary>
/// What a network's outputs mean: the loss that it is trained on, what its labels look like, and how its outputs become predictions. There are three: <see cref="MulticlassTask"/>,
/// <see cref="BinaryTask"/> and <see cref="RegressionTask"/>.
/// </summary>
/// <remarks>A task is a value: immutable, and free to be shared between threads.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(MulticlassTask), "multiclass")]
[JsonDerivedType(typeof(BinaryTask), "binary")]
[JsonDerivedType(typeof(RegressionTask), "regression")]
public abstract record LearningTask
{
    private protected LearningTask(string name, string lossUnit) => (Name, LossUnit) = (name, lossUnit);

    /// <summary>The task in a word, as records and summaries keep it: <c>multiclass</c>, <c>binary</c> or <c>regression</c>.</summary>
    [JsonIgnore]
    public string Name { get; }

    /// <summary>Unit of the loss: <c>nats</c> for classifiers.</summary>
    [JsonIgnore]
    public string LossUnit { get; }

    /// <summary>Whether labels are classes: whether there are accuracy, confusions and images that are classified wrong.</summary>
    [JsonIgnore]
    public bool HasClasses => this is not RegressionTask;

    /// <summary>Number of classes <c>K</c> that a network with so many outputs tells apart; 0 where labels are no classes.</summary>
    /// <param name="outputs">Length of the network's output.</param>
    public abstract int ClassCount(int outputs);

    /// <summary>Mean loss over a batch.</summary>
    /// <param name="outputs">The network's outputs, <c>[N, K]</c> or <c>[N, 1]</c>.</param>
    /// <param name="labels">The labels, <c>[N]</c>.</param>
    /// <param name="smoothing">Share of the target probability that all classes get alike, 0 to below 1; 0 where there are no classes.</param>
    /// <returns>A scalar in the dispose scope that is open.</returns>
    public abstract Tensor Loss(Tensor outputs, Tensor labels, double smoothing = 0);

    /// <summary>What the outputs say: probabilities of classes, or values in the label's unit.</summary>
    /// <param name="outputs">The network's outputs, <c>[N, K]</c> or <c>[N, 1]</c>.</param>
    /// <returns>A tensor of the outputs' shape in the dispose scope that is open.</returns>
    public abstract Tensor Predict(Tensor outputs);

    /// <summary>The task of a network whose description does not say: multiclass, or binary with one output.</summary>
    internal static LearningTask Implied(int outputs) => outputs == 1 ? new BinaryTask() : new MulticlassTask();

    /// <summary>The task of a network: that of its description, or the one that was stated for a network without.</summary>
    /// <exception cref="ArgumentException">The two differ.</exception>
    internal static LearningTask Of(nn.Module network, LearningTask? stated)
    {
        if (network is not SpecNetwork { Spec: var spec })
            return stated ?? new MulticlassTask();
        return stated is null || stated == spec.Task
            ? spec.Task
            : throw new ArgumentException($"Network '{spec.Name}' is described for {spec.Task}; {stated} was asked for. Describe it for that with {nameof(NetworkSpec)}.{nameof(NetworkSpec.For)}.", nameof(stated));
    }

    /// <summary>A logit for each class, <c>[N, K]</c>, whose softmax is the classes' probability; null where there are no classes.</summary>
    internal abstract Tensor? ClassLogits(Tensor outputs);

    /// <summary>Checks what a network has given for images, and their labels, before torch fails in native code.</summary>
    /// <param name="outputs">Shape of the outputs.</param>
    /// <param name="labels">The labels of a set.</param>
    /// <param name="set">The set in words: <c>training set</c>.</param>
    /// <exception cref="ArgumentException">They do not fit the task.</exception>
    internal abstract void Check(long[] outputs, Tensor labels, string set);

    /// <summary>Whether a network may have so many outputs.</summary>
    internal abstract bool Fits(int outputs);

    /// <summary>Refuses outputs that are not one value an image.</summary>
    private protected void CheckSingleOutput(long[] outputs)
    {
        if (outputs is not [_, 1])
            throw new ArgumentException($"A network for {this} gives one value an image, [N, 1]; this one gives [{string.Join(", ", outputs)}].");
    }

    /// <summary>Refuses labels of another type.</summary>
    private protected void CheckType(Tensor labels, ScalarType type, string words, string set)
    {
        if (labels.dtype != type)
            throw new ArgumentException($"Labels for {this} are {words}; those of the {set} are of type {labels.dtype}.");
    }
}
