using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Tests.Inspection;
using ConvScope.Training;

namespace ConvScope.Tests;

/// <summary>
/// What tests run in a process of its own: with one argument <see cref="TrainForEver"/>, with more <see cref="AwkwardTraining"/>.
/// </summary>
internal static class Program
{
    private static void Main(string[] args)
    {
        if (args is ["kernels", var cure])
            KernelProgram.Run(cure);
        else if (args.Length == 1)
            TrainForEver(args[0]);
        else
            AwkwardTraining.Run(args[0], args[1], args[2..]);
    }

    /// <summary>
    /// Trains and records in a folder, prints each step that it has handed to the record, and never ends by itself: a test kills it.
    /// </summary>
    private static void TrainForEver(string folder)
    {
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(64);
        using var recorder = new RunRecorder(new InspectionOptions(folder) { Level = InspectionLevel.Light, Schedule = Schedule.Every(1), Budget = null }, ToyImages.Network);
        new Trainer(new TrainingOptions { Epochs = int.MaxValue / 1024, BatchSize = 2 }, [recorder, new StepPrinter()]).Train(network, data);
    }

    private sealed class StepPrinter : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed) => Console.WriteLine(completed.Step);
    }
}
