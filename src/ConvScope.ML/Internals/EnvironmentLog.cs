using Microsoft.Extensions.Logging;
using Microsoft.ML.Runtime;

namespace ConvScope.ML.Internals;

/// <summary>The log of a context, for what is said outside of a training: of rows that are scored, of folders that are listed. It serves any number of threads.</summary>
internal sealed class EnvironmentLog(IHostEnvironment environment, string activity = "Scoring") : ILogger
{
    private const string Name = "ConvNet";

    public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Warning or LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        using var channel = environment.Register(Name).Start(activity);
        if (logLevel == LogLevel.Warning)
            channel.Warning(MessageSensitivity.None, formatter(state, exception));
        else
            channel.Info(MessageSensitivity.None, formatter(state, exception));
    }
}
