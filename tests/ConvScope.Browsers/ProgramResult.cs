namespace ConvScope.Browsers;

/// <summary>How a program ended.</summary>
/// <param name="IsSuccess">Whether it ended by itself and with exit code 0.</param>
/// <param name="Text">What it wrote to both streams, or why it did not start.</param>
public readonly record struct ProgramResult(bool IsSuccess, string Text)
{
    /// <summary>The first line that speaks of an error, else the last one that is not blank: the reason to show.</summary>
    public string Reason
    {
        get
        {
            string[] lines = Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            bool SpeaksOfAnError(string line) =>
                line.Contains("error", StringComparison.OrdinalIgnoreCase) || line.StartsWith("E: ", StringComparison.Ordinal);
            return Array.Find(lines, SpeaksOfAnError) ?? lines.LastOrDefault() ?? "it said nothing";
        }
    }
}
