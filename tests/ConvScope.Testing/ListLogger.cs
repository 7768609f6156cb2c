using Microsoft.Extensions.Logging;

namespace ConvScope;

/// <summary>Keeps what was logged; safe on any thread.</summary>
public sealed class ListLogger : ILogger
{
    private readonly List<(LogLevel Level, string Text)> _entries = [];

    /// <summary>The texts of the warnings, in order.</summary>
    public IReadOnlyList<string> Warnings => Of(LogLevel.Warning);

    /// <summary>The texts of the lines that inform, in order.</summary>
    public IReadOnlyList<string> Lines => Of(LogLevel.Information);

    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc />
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        lock (_entries)
            _entries.Add((logLevel, formatter(state, exception)));
    }

    private string[] Of(LogLevel level)
    {
        lock (_entries)
            return [.. _entries.Where(entry => entry.Level == level).Select(entry => entry.Text)];
    }
}
