using Microsoft.ML;

namespace ConvScope.GpuCheck;

/// <summary>What ML.NET's log says of libtorch, and its warnings.</summary>
internal sealed class LibtorchLines
{
    private readonly SortedSet<string> _lines = new(StringComparer.Ordinal);

    /// <summary>Listens.</summary>
    public LibtorchLines(MLContext context) => context.Log += (_, message) =>
    {
        var text = message.RawMessage;
        if (!text.Contains("libtorch", StringComparison.OrdinalIgnoreCase) && !text.Contains("warn", StringComparison.OrdinalIgnoreCase))
            return;
        lock (_lines)
            _lines.Add(text);
    };

    /// <summary>Different lines so far, at most six.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines.Take(6)];
        }
    }
}
