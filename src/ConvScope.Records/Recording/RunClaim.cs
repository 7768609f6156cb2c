using System.Text.Json;

namespace ConvScope.Records.Recording;

/// <summary>What <c>run.json</c> says: whose a folder is.</summary>
/// <param name="Run">The run's name, unique everywhere.</param>
/// <param name="Parent">What the run goes on from; null for one that begins anew.</param>
internal sealed record RunClaim(string Run, RunParent? Parent)
{
    /// <summary>The claim of a folder; null where there is none, or the file is none of ours.</summary>
    public static RunClaim? Read(string folder)
    {
        try
        {
            var path = Path.Combine(folder, RunDirectory.ClaimName);
            return File.Exists(path) && JsonSerializer.Deserialize<RunClaim>(File.ReadAllBytes(path), JsonSerializerOptions.Web) is { Run.Length: > 0 } claim ? claim : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether another run has a folder by now: this one's was moved or deleted while it went on, and somebody claimed the name. A folder without a claim is nobody's.</summary>
    public static bool IsAnothers(string folder, string? run) => run is { Length: > 0 } && Read(folder) is { } claim && claim.Run != run;

    /// <summary>Checks, before something is written or deleted, that no other run has a folder by now.</summary>
    /// <exception cref="IOException">One has.</exception>
    public static void Check(string folder, string? run)
    {
        if (IsAnothers(folder, run))
            throw new IOException($"'{folder}' belongs to another run by now; this one's was moved or deleted.");
    }
}
