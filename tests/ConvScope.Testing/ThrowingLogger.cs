using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;

namespace ConvScope;

/// <summary>Throws what it is told of, so that a test sees what is caught and logged otherwise.</summary>
public sealed class ThrowingLogger : ILogger
{
    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc />
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
            ExceptionDispatchInfo.Throw(exception);
    }
}
