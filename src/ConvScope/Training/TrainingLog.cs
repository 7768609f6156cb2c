using Microsoft.Extensions.Logging;

namespace ConvScope.Training;

/// <summary>The lines that a training logs.</summary>
internal static partial class TrainingLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Metrics}")]
    public static partial void Epoch(ILogger logger, EpochMetrics metrics);
}
