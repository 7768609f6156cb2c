using System.Text.Json.Serialization;

namespace ConvScope.Records.Networks.Tasks;

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

    /// <summary>The task of a network whose description does not say: multiclass, or binary with one output.</summary>
    internal static LearningTask Implied(int outputs) => outputs == 1 ? new BinaryTask() : new MulticlassTask();

    /// <summary>Whether a network may have so many outputs.</summary>
    internal abstract bool Fits(int outputs);
}
