using System.Text.RegularExpressions;
using ConvScope.Datasets.Files;

namespace ConvScope.Datasets;

/// <summary>Files or folders that a list of images leaves out, for one reason.</summary>
/// <param name="What">What they are, such as <c>.xml file</c> or <c>hidden file</c>, in the singular.</param>
/// <param name="Count">Their number, at least 1.</param>
/// <param name="Example">Name of the first, inside the folder or archive.</param>
public sealed partial record LeftOutFiles(string What, int Count, string Example)
{
    /// <summary>Number, kind and example, such as <c>20 .tif files (cat/1.tif, …)</c>.</summary>
    public override string ToString() => Count == 1 ? $"1 {What} ({ShownPath.Of(Example)})" : $"{Count} {Noun().Replace(What, "$1s", 1)} ({ShownPath.Of(Example)}, …)";

    [GeneratedRegex(@"\b(file|folder|link|image)\b")]
    private static partial Regex Noun();
}
