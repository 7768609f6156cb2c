using ConvScope.Training;

namespace ConvScope.Tests.Training;

public sealed class TrainingOptionsTests
{
    private static IEnumerable<TestCaseData> OutOfRange()
    {
        yield return Case(new TrainingOptions { Epochs = 0 }, "Epochs", "at least 1", "0");
        yield return Case(new TrainingOptions { BatchSize = 0 }, "BatchSize", "at least 1", "0");
        yield return Case(new TrainingOptions { LearningRate = 0 }, "LearningRate", "positive and finite", "0");
        yield return Case(new TrainingOptions { LearningRate = -0.1 }, "LearningRate", "positive and finite", "-0.1");
        yield return Case(new TrainingOptions { LearningRate = double.NaN }, "LearningRate", "positive and finite", "NaN");
        yield return Case(new TrainingOptions { LearningRate = double.PositiveInfinity }, "LearningRate", "positive and finite", "Infinity");
        yield return Case(new TrainingOptions { Momentum = -0.5 }, "Momentum", "0 to below 1", "-0.5");
        yield return Case(new TrainingOptions { Momentum = 1 }, "Momentum", "0 to below 1", "1");
        yield return Case(new TrainingOptions { Momentum = double.NaN }, "Momentum", "0 to below 1", "NaN");
    }

    [TestCaseSource(nameof(OutOfRange))]
    public void Validate_ValueOutOfRange_NamesItAndTheRange(TrainingOptions options, string message) =>
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(options.Validate)!.Message, Is.EqualTo(message));

    [Test]
    public void Validate_EndsOfTheRanges_AreAllowed() =>
        Assert.DoesNotThrow(new TrainingOptions { Epochs = 1, BatchSize = 1, LearningRate = double.Epsilon, Momentum = 0, Seed = long.MinValue }.Validate);

    [Test]
    public void Constructor_OfATrainer_ChecksTheOptions() =>
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => _ = new Trainer(new TrainingOptions { Epochs = -1 }))!.ParamName, Is.EqualTo("Epochs"));

    private static TestCaseData Case(TrainingOptions options, string name, string allowed, string value) =>
        new TestCaseData(options, $"{name} must be {allowed}. (Parameter '{name}'){Environment.NewLine}Actual value was {value}.").SetArgDisplayNames($"{name} {value}");
}
