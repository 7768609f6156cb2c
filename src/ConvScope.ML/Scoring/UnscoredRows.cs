using ConvScope.Datasets.Files;
using Microsoft.Extensions.Logging;

namespace ConvScope.ML.Scoring;

/// <summary>Counts the rows whose image cannot be decoded, names the first of them, and says at the end how many there were. It serves one cursor or row.</summary>
internal sealed partial class UnscoredRows(ILogger log) : IDisposable
{
    private const int Named = 10;
    private long _rows;
    private long _unscored;
    private string _first = "";

    /// <summary>Counts a row.</summary>
    /// <param name="path">The path of its image.</param>
    /// <param name="reason">Why it cannot be decoded; null where it was.</param>
    public void Count(string path, string? reason)
    {
        _rows++;
        if (reason is null)
            return;
        var line = $"'{ShownPath.Of(path)}' cannot be decoded: {reason}";
        if (_unscored++ == 0)
            _first = line;
        if (_unscored <= Named)
            LogUnscored(log, line);
    }

    /// <summary>Says how many rows have no score; nothing where all have one.</summary>
    public void Dispose()
    {
        if (_unscored > 0)
            LogCount(log, _unscored, _rows, _first);
        _unscored = 0;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Image {Line}. Its row has no score.")]
    private static partial void LogUnscored(ILogger logger, string line);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Unscored} of {Rows} rows have no score, since their images cannot be decoded, beginning with {First}.")]
    private static partial void LogCount(ILogger logger, long unscored, long rows, string first);
}
