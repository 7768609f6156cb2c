using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Training;
using ConvScope.Training.Images;

namespace ConvScope.GpuCheck.Checks;

/// <summary>Tensors, host memory and device memory after each third of a training.</summary>
internal sealed class LeakCheck : Check
{
    /// <inheritdoc />
    public override string Name => "leak";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        using var data = LabeledImages.Create(laboratory.Train, laboratory.Place);
        using var network = SmallNet.Create().CreateModule(1);
        network.to(laboratory.Place);
        var third = laboratory.Scaled(300, least: 10);
        var marks = new List<(long Step, long Tensors, double HostMegabytes, double DeviceMegabytes)>();
        using var observer = new StepObserver(step =>
        {
            if ((step + 1) % third == 0)
                marks.Add((step, Tensor.TotalCount, Environment.WorkingSet / 1e6, laboratory.IsCuda ? DeviceMemory.UsedMegabytes() : 0));
            return step + 1 < 3 * third;
        });
        GC.Collect();
        GC.WaitForPendingFinalizers(); // what earlier checks left to the finalizer would go meanwhile
        observer.Train(new TrainingOptions { Epochs = 1000, BatchSize = 64 }, network, data);
        expectations.That(marks.Count == 3, $"there should be three marks; there are {marks.Count}");
        var (last, first) = (marks[^1].Tensors, marks[0].Tensors);
        expectations.That(last <= first, $"no more tensors should be alive at the end than after a third; there are {last} and {first}");
        expectations.AtMost(1, marks[^1].DeviceMegabytes - marks[^2].DeviceMegabytes, "megabytes of the device taken in the last third");
        return marks.Select(mark => new { mark.Step, mark.Tensors, mark.HostMegabytes, mark.DeviceMegabytes });
    }
}
