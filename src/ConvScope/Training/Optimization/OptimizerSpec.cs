using System.Text.Json.Serialization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Training.Optimization;

/// <summary>Which of TorchSharp's optimizers updates the parameters, and how. The learning rate belongs to <see cref="TrainingOptions"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SgdOptimizer), "sgd")]
[JsonDerivedType(typeof(AdamOptimizer), "adam")]
[JsonDerivedType(typeof(AdamWOptimizer), "adamw")]
[JsonDerivedType(typeof(RmsPropOptimizer), "rmsprop")]
public abstract record OptimizerSpec
{
    /// <summary>Weight decay, not negative; only of parameters with two axes or more: biases and the parameters of normalisations do not decay. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public virtual void Validate() => Check(double.IsFinite(WeightDecay) && WeightDecay >= 0, nameof(WeightDecay), WeightDecay, "at least 0");

    /// <summary>One group of parameters, or two where some decay and some do not.</summary>
    internal IReadOnlyList<(Parameter[] Parameters, double Decay)> Groups(IReadOnlyList<Parameter> parameters) => WeightDecay == 0
        ? [([.. parameters], 0)]
        : [.. parameters.GroupBy(parameter => parameter.dim() > 1).OrderByDescending(group => group.Key).Select(group => (group.ToArray(), group.Key ? WeightDecay : 0))];

    /// <summary>PyTorch's names and values of a parameter group's settings beside <c>lr</c> and <c>weight_decay</c>.</summary>
    internal abstract IReadOnlyDictionary<string, object?> Settings { get; }

    /// <summary>What the optimizer keeps of a parameter, by PyTorch's names; tensors that may be null, and the count of steps.</summary>
    internal abstract IReadOnlyDictionary<string, object?> Read(OptimizerState state);

    /// <summary>Puts what was read back; the tensors belong to the state from then on.</summary>
    internal abstract void Write(OptimizerState state, IReadOnlyDictionary<string, object?> values);

    /// <summary>Makes the optimizer of some groups.</summary>
    internal abstract optim.Optimizer Create(IReadOnlyList<(Parameter[] Parameters, double Decay)> groups, double learningRate);

    /// <summary>Refuses a value that is out of its range.</summary>
    private protected static void Check(bool holds, string name, object value, string allowed)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}.");
    }
}
