using ConvScope.Augmentation;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using ConvScope.Training;

namespace ConvScope.Dashboard.Tests;

/// <summary>A real training of the toy network, recorded with all that the page can show.</summary>
internal static class ToyRun
{
    /// <summary>Names of the three classes; markup in one of them must stay text.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["lying bar", "<b>standing bar", "square"];

    /// <summary>Trains and records.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="epochs">Number of epochs of twelve steps.</param>
    public static void Record(string folder, int seed = 1, int epochs = 3)
    {
        using var images = ToyTraining.Images();
        using var validation = ToyTraining.Images(40, seed: 2);
        using var network = ToyTraining.Network.CreateModule(seed);
        using var recorder = new RunRecorder(new InspectionOptions(folder) { Level = InspectionLevel.Full, Schedule = Schedule.Every(1), Budget = null, Dataset = "toy images", ClassNames = ClassNames }, ToyTraining.Network);
        new Trainer(new TrainingOptions { Epochs = epochs, BatchSize = 8, LearningRate = 0.05, Seed = seed, Augmentations = [new Shift(1)] }, [recorder]).Train(network, images, validation);
    }

    /// <summary>Begins a record that is written by hand, as if a training of this process were under way.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="process">The process that the record names; null for this one.</param>
    public static RunRecordWriter Begin(string folder, string? process = null)
    {
        var metadata = new Dictionary<string, string>
        {
            [MetadataNames.Network] = "by hand",
            [MetadataNames.Device] = "cpu",
            [MetadataNames.Status] = "running",
            [MetadataNames.Host] = RecordingProcess.Host,
            [MetadataNames.Process] = process ?? RecordingProcess.Describe(),
        };
        return new RunRecordWriter(folder, metadata, exception => Assert.Fail(exception.Message));
    }

    /// <summary>One reading of the loss.</summary>
    public static StepReadings Loss(long step, double value, int stepsPerEpoch = 100) =>
        new(step, (int)(step / stepsPerEpoch) + 1, step * 0.01, [(new Series(QuantityNames.Loss, "", "nats"), value)]);
}
