using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.Optimization;

namespace ConvScope.GpuCheck.Checks;

/// <summary>Two epochs in one training, and one that is resumed for the second: the same bits?</summary>
internal sealed class ResumeCheck : Check
{
    /// <inheritdoc />
    public override string Name => "resume";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var folder = laboratory.Fresh(Name);
        var (wholeFolder, halfFolder) = (Path.Combine(folder, "whole"), Path.Combine(folder, "half"));
        using var data = LabeledImages.Create(laboratory.Train.Slice(0, laboratory.Scaled(4000, least: 200)), laboratory.Place);
        var whole = Train(laboratory, data, epochs: 2, wholeFolder);
        Train(laboratory, data, epochs: 1, halfFolder);
        var resumed = Train(laboratory, data, epochs: 2, halfFolder, from: halfFolder);
        var same = whole.AreThoseOf(resumed);
        expectations.That(same, "a training that was resumed should end with the bits of one that was not interrupted");
        return new { same };
    }

    private static WeightBits Train(Laboratory laboratory, LabeledImages data, int epochs, string folder, string? from = null)
    {
        using var network = SmallNet.Create().CreateModule(1);
        network.to(laboratory.Place);
        new Trainer(new TrainingOptions
        {
            Epochs = epochs, Optimizer = new AdamWOptimizer(), LearningRate = 0.001, ResumeFrom = from, Checkpoints = new(folder),
            Deterministic = laboratory.IsCuda,
        }).Train(network, data);
        return WeightBits.Of(network);
    }
}
