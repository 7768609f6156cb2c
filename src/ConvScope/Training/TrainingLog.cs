using ConvScope.Native;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>The lines that a training logs.</summary>
internal static partial class TrainingLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Metrics}")]
    public static partial void Epoch(ILogger logger, EpochMetrics metrics);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Device} computes with TensorFloat-32 in {TensorFloat32}, by algorithms that {Give} the same bits again.")]
    public static partial void Gpu(ILogger logger, Device device, TensorFloat32 tensorFloat32, string give);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Set} stays in host memory, and each batch of it is copied: {Reason}.")]
    public static partial void StaysOnHost(ILogger logger, string set, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "'{Path}' holds no state of the random generator of {Device}: what dropout draws there is not what it would have been.")]
    public static partial void NoGpuState(ILogger logger, string path, Device device);

    [LoggerMessage(Level = LogLevel.Information, Message = "Goes on from '{Path}', epoch {Epoch}.")]
    public static partial void GoesOn(ILogger logger, string path, int epoch);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "'{Path}' was trained with batches of {Before}, and goes on with {Now}: an epoch has another number of steps, which schedules and curves count.")]
    public static partial void OtherBatchSize(ILogger logger, string path, long before, int now);
}
