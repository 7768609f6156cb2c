using Microsoft.Extensions.Logging;

namespace ConvScope.Zoo;

/// <summary>Keeps what the inspection of a training said of parts that it left out: a zoo in which a quantity fails measures nothing.</summary>
internal sealed class LeftOutParts : ILogger
{
    /// <summary>The texts.</summary>
    public List<string> Texts { get; } = [];

    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc />
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
            Texts.Add(formatter(state, exception));
    }
}
