using Microsoft.Extensions.Logging;

namespace ConvScope.Dashboard;

/// <summary>What the dashboard logs.</summary>
internal static partial class DashboardLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Path} was answered with {Status}: {Message}")]
    public static partial void RequestFailed(ILogger logger, string path, int status, string message, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Looking for runs failed, and will be tried again: {Message}")]
    public static partial void WatchFailed(ILogger logger, string message, Exception exception);
}
