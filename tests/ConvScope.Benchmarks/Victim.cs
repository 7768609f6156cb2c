using System.Globalization;
using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using ConvScope.Training;

namespace ConvScope.Benchmarks;

/// <summary>The process that is killed or followed: a small training whose every step is inspected at the standard level; after each step it prints the step and the time in milliseconds.</summary>
internal static class Victim
{
    public static void Run(string folder, int epochs)
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var data = ToyTraining.Images(480);
        using var recorder = new RunRecorder(new InspectionOptions(folder) { Schedule = Schedule.Every(1), Budget = null, Snapshots = new Retention { Last = 10 } }, ToyTraining.Network);
        new Trainer(new TrainingOptions { Epochs = epochs, BatchSize = 16 }, [recorder, new Clock()]).Train(network, data);
    }

    private sealed class Clock : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{completed.Step} {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}"));
    }
}
