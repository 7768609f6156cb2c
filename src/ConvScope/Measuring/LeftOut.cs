using ConvScope.Records.Recording;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConvScope.Measuring;

/// <summary>
/// Keeps a part of an inspection that fails away from the others and from the training: it is left out from then on, with one warning.
/// Where others fail for the same reason, such as a network that does not evaluate, they are lines of information.
/// </summary>
/// <param name="logger">Gets the warnings; null for nobody.</param>
internal sealed partial class LeftOut(ILogger? logger = null)
{
    private const int LongestReason = 300; // libtorch lists its backends in a line of some thousand characters

    private readonly ILogger _logger = logger ?? NullLogger.Instance;
    private readonly Dictionary<string, LeftOutPart> _parts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reasons = new(StringComparer.Ordinal);

    /// <summary>The parts that failed, in the order in which they did.</summary>
    public IReadOnlyList<LeftOutPart> Parts => [.. _parts.Values];

    /// <summary>The step that is made, as records name it.</summary>
    public long Step { get; set; } = -1;

    /// <summary>Is called where a part has failed.</summary>
    public Action? Noted { get; set; }

    /// <summary>Does a part, unless it failed before.</summary>
    /// <param name="part">What it is, as the warning names it.</param>
    /// <param name="work">The work.</param>
    /// <param name="otherwise">What it gives where it fails or failed.</param>
    public T Try<T>(string part, Func<T> work, T otherwise)
    {
        if (_parts.ContainsKey(part))
            return otherwise;
        try
        {
            return work();
        }
        catch (Exception exception) // whatever goes wrong here, the training goes on
        {
            Add(part, exception);
            return otherwise;
        }
    }

    /// <inheritdoc cref="Try{T}" />
    public void Try(string part, Action work) => Try(part, () =>
    {
        work();
        return true;
    }, false);

    /// <summary>Leaves a part out that others found to fail.</summary>
    public void Add(string part, Exception exception)
    {
        if (_parts.ContainsKey(part))
            return;
        var reason = exception.Message.Split('\n')[0]; // what follows libtorch's first line is a native stack
        if (reason.Length > LongestReason)
            reason = $"{reason[..LongestReason]} …";
        _parts[part] = new LeftOutPart(part, Step, reason);
        Noted?.Invoke();
        var isNew = _reasons.Add(string.Concat(reason.Where(letter => !char.IsAsciiDigit(letter)))); // sizes differ from part to part
        Log(_logger, isNew ? LogLevel.Warning : LogLevel.Information, part, reason, exception);
    }

    [LoggerMessage(Message = "The inspection leaves {Part} out from now on; the rest of it and the training go on. {Reason}")]
    private static partial void Log(ILogger logger, LogLevel level, string part, string reason, Exception exception);
}
