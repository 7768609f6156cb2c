using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training.Images;
using ConvScope.Training.Saving;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>What is looked at before a training touches anything.</summary>
internal static class TrainingChecks
{
    /// <summary>Checks that checkpoints have a place.</summary>
    public static void Checkpoints(TrainingOptions options, IReadOnlyList<TrainingObserver> observers)
    {
        if (options.Checkpoints is { Folder: null } && !observers.Any(observer => observer.KeepsRun))
            throw new ArgumentException($"Checkpoints go into the run folder where a training is recorded; nobody records this one, so {nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Folder)} must name one.");
    }

    /// <summary>Checks that the options suit the network.</summary>
    public static void Fit(TrainingOptions options, nn.Module network, LearningTask task, ComputeFormat format)
    {
        if (!task.HasClasses && options.LabelSmoothing > 0)
            throw new ArgumentException($"Label smoothing shares probability among classes; {task} has none. {nameof(TrainingOptions.LabelSmoothing)} must be 0.");
        if (network is not SpecNetwork && format != default)
            throw new ArgumentException("Mixed precision and channels-last need a network that was made from a description; this one is a module of your own.", nameof(network));
    }

    /// <summary>Checks that all parameters are there, and that network and images lie in one place.</summary>
    public static void Places(nn.Module network, TrainingImages train, TrainingImages? validation)
    {
        if ((ModuleMove.Lost(network) ?? Devices.Difference(network, train.Device)) is { } fault)
            throw new ArgumentException(fault, nameof(network));
        if (validation is not null && !Devices.IsSame(validation.Device, train.Device))
        {
            var (one, other) = (Devices.Exact(train.Device), Devices.Exact(validation.Device));
            var text = $"The training set is for {one}, the validation set for {other}; both go to one device.";
            throw new ArgumentException(text, nameof(validation));
        }
    }

    /// <summary>Says before the first step what a GPU does otherwise than one might think.</summary>
    public static void Tell(TrainingOptions options, TrainingImages train, TrainingImages? validation, ILogger logger)
    {
        if (train.Device.type == DeviceType.CUDA)
        {
            var tensorFloat32 = TensorFloat32.Read();
            TrainingLog.Gpu(logger, train.Device, tensorFloat32, options.Deterministic ? "give" : "need not give");
        }

        if (train.HostReason is { } reason)
            TrainingLog.StaysOnHost(logger, "training set", reason);
        if (validation?.HostReason is { } itsReason)
            TrainingLog.StaysOnHost(logger, "validation set", itsReason);
    }

    /// <summary>Checks once, before the first update, what torch would only say as it fails in native code.</summary>
    public static void Labels(LearningTask task, TrainingImages train, TrainingImages? validation, Tensor outputs)
    {
        foreach (var data in new[] { train, validation }.OfType<TrainingImages>())
            task.Check(outputs.shape, data.AllLabels(), ReferenceEquals(data, train) ? "training set" : "validation set");
    }
}
