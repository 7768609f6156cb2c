using ConvScope.Quantities;
using ConvScope.Recording;
using ConvScope.Training;

namespace ConvScope.Tests;

/// <summary>A process that is killed by a test: it trains and records in the folder that it is given, prints each step that it has handed to the record, and never ends by itself.</summary>
internal static class Program
{
    private static void Main(string[] args)
    {
        if (args is ["kernels", var cure])
        {
            KernelProgram.Run(cure);
            return;
        }

        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(64);
        using var recorder = new RunRecorder(new InspectionOptions(args[0]) { Level = InspectionLevel.Light, Schedule = Schedule.Every(1), Budget = null }, ToyImages.Network);
        new Trainer(new TrainingOptions { Epochs = int.MaxValue / 1024, BatchSize = 2 }, [recorder, new StepPrinter()]).Train(network, data);
    }

    private sealed class StepPrinter : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed) => Console.WriteLine(completed.Step);
    }
}
