using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConvScope.Inspection;

/// <summary>Somebody's log, whose own failures stay with it: an inspection that tells of something does not end the training by that.</summary>
internal sealed class QuietLogger : ILogger
{
    private readonly ILogger _logger;

    private QuietLogger(ILogger logger) => _logger = logger;

    /// <summary>Makes one; null is nobody.</summary>
    public static ILogger Of(ILogger? logger) => logger is null or QuietLogger ? logger ?? NullLogger.Instance : new QuietLogger(logger);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => Try<IDisposable?>(() => _logger.BeginScope(state), null);

    public bool IsEnabled(LogLevel logLevel) => Try(() => _logger.IsEnabled(logLevel), false);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Try(() =>
    {
        _logger.Log(logLevel, eventId, state, exception, formatter);
        return true;
    }, false);

    private static T Try<T>(Func<T> log, T otherwise)
    {
        try
        {
            return log();
        }
        catch (Exception) // a log that fails leaves nobody to be told
        {
            return otherwise;
        }
    }
}
