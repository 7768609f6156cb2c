using System.Globalization;

namespace ConvScope.Records.Recording;

/// <summary>How the files of snapshots are called.</summary>
internal static class SnapshotName
{
    private const string Extension = ".safetensors";

    /// <summary>The name of a snapshot's file, such as <c>step-000937.safetensors</c>.</summary>
    public static string Of(SnapshotKind kind, long step) =>
        string.Create(CultureInfo.InvariantCulture, $"{(kind == SnapshotKind.Weights ? "step" : kind.ToString().ToLowerInvariant())}-{step:D6}{Extension}");

    /// <summary>Whether a name is one that a snapshot's file has.</summary>
    public static bool IsOne(string name)
    {
        var digits = name.EndsWith(Extension, StringComparison.Ordinal) ? name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..^Extension.Length] : "";
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && Enum.GetValues<SnapshotKind>().Any(kind => Of(kind, step) == name);
    }
}
