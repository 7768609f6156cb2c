using System.Text.Json;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>The files that PyTorch wrote, and what it says of them.</summary>
internal static class PyTorchFixtures
{
    /// <summary>Path of a fixture.</summary>
    public static string File(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", "pytorch", name);

    /// <summary>A fixture in JSON.</summary>
    public static JsonElement Json(string name)
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllText(File(name)));
        return json.RootElement.Clone();
    }
}
