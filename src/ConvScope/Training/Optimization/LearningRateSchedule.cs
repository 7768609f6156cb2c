using System.Text.Json.Serialization;

namespace ConvScope.Training.Optimization;

/// <summary>
/// How the learning rate changes: a factor on <see cref="TrainingOptions.LearningRate"/> for each step, which depends on the step and on the epochs that are over, and on nothing else, so a training that is
/// resumed goes on as it would have. (TorchSharp's schedulers keep state that cannot be saved; the formulas are tested against them.)
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(OneCycleSchedule), "onecycle")]
[JsonDerivedType(typeof(CosineSchedule), "cosine")]
[JsonDerivedType(typeof(StepSchedule), "step")]
[JsonDerivedType(typeof(PlateauSchedule), "plateau")]
public abstract record LearningRateSchedule
{
    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public abstract void Validate();

    /// <summary>The factor of a step, not negative.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">Steps of the whole training.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    /// <param name="epochs">The metrics of the epochs that are over.</param>
    public abstract double Factor(long step, long steps, long stepsPerEpoch, IReadOnlyList<EpochMetrics> epochs);

    /// <summary>Refuses a value that is out of its range.</summary>
    private protected static void Check(bool holds, string name, object value, string allowed)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}.");
    }
}
