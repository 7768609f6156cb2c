using Microsoft.Extensions.Logging;
using Microsoft.ML.Runtime;

namespace ConvScope.ML.Internals;

/// <summary>Where a model that scores rows says what became of them: the log of the context that trained or loaded it. It serves any number of threads.</summary>
internal sealed class ScoringLog(IHostEnvironment environment) : ILogger
{
    private const string Name = "ConvNet";

    public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        using var channel = environment.Register(Name).Start("Scoring");
        channel.Warning(MessageSensitivity.None, formatter(state, exception));
    }
}
