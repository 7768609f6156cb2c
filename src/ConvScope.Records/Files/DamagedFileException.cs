namespace ConvScope.Records.Files;

/// <summary>A file is not what it should be: damaged, truncated, or of another kind. What was wrong in the words of another library is the inner exception.</summary>
/// <param name="path">The file; inside an archive <c>archive!/member</c>.</param>
/// <param name="message">What is wrong, with the file.</param>
/// <param name="inner">What found it, where that was not ConvScope.</param>
public sealed class DamagedFileException(string path, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>The file; inside an archive <c>archive!/member</c>.</summary>
    public string Path { get; } = path;

    /// <summary>Where in the file, such as <c>byte 128</c> or the name of a member; null where that is not known.</summary>
    public string? Place { get; init; }

    /// <summary>A fault at a byte.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What the file should be, such as <c>readable checkpoint</c>.</param>
    /// <param name="offset">The byte, from 0.</param>
    /// <param name="fault">What is wrong there.</param>
    /// <param name="inner">What found it.</param>
    internal static DamagedFileException At(string path, string what, long offset, string fault, Exception? inner = null) =>
        new(path, $"'{path}' is not a {what}: at byte {offset}, {fault}.", inner) { Place = FormattableString.Invariant($"byte {offset}") };
}
