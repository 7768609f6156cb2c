using Microsoft.Extensions.Logging;

namespace ConvScope.ML;

/// <summary>The lines that a fit logs besides the training's own.</summary>
internal static partial class HostLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Library}; CPU kernels {Kernels}; training on {Device}.")]
    public static partial void Device(ILogger logger, string library, string kernels, string device);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} of {All} rows are kept back and measured after each epoch.")]
    public static partial void KeptBack(ILogger logger, int count, int all);

    [LoggerMessage(Level = LogLevel.Information, Message = "By column '{Column}' {What}. Accuracies, and what is measured on validation images, are not weighted.")]
    public static partial void Weighted(ILogger logger, string column, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    public static partial void Warn(ILogger logger, string reason);
}
