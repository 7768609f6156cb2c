using System.Text.Json;
using ConvScope.Records.Files;

namespace ConvScope.Records.Recording;

/// <summary>A note in a folder of checkpoints that a later training went on from one of them.</summary>
/// <param name="Run">The training that went on.</param>
/// <param name="Folder">Its folder of checkpoints, relative to the folder of the note.</param>
/// <param name="Epoch">The epoch after which it went on.</param>
/// <param name="Started">When its first checkpoint was written, in UTC.</param>
internal sealed record ContinuationNote(string Run, string Folder, int Epoch, DateTimeOffset Started)
{
    private const string Pattern = "continued-*.json";

    /// <summary>Writes the note.</summary>
    /// <param name="home">The folder of checkpoints that was gone on from.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(string home) => WholeFile.Write(Path.Combine(home, $"continued-{Run[..8]}.json"), stream => JsonSerializer.Serialize(stream, this, JsonSerializerOptions.Web));

    /// <summary>The notes in a folder of checkpoints; null for one that cannot be read.</summary>
    public static IEnumerable<ContinuationNote?> In(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, Pattern).Select(Read) : [];

    private static ContinuationNote? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<ContinuationNote>(File.ReadAllBytes(file), JsonSerializerOptions.Web) is { Folder.Length: > 0 } note ? note : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
