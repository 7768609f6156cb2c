using System.Text.Json;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>Reads the index of weights that lie in several files beside it: <c>model.safetensors.index.json</c>, <c>pytorch_model.bin.index.json</c>.</summary>
internal static class ShardIndex
{
    private const int MostShards = 1000;

    /// <summary>File of each tensor, by name, in the order of the index.</summary>
    /// <exception cref="DamagedFileException">It is no index, or names a file that does not lie beside it.</exception>
    public static IReadOnlyList<(string Tensor, string File)> Read(SafeFileHandle file, string path)
    {
        var bytes = new byte[Math.Min(RandomAccess.GetLength(file), SafetensorsHeader.Largest)];
        var read = RandomAccess.Read(file, bytes, 0);
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, read));
            var map = json.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => (entry.Name, entry.Value.GetString() ?? "")).ToList();
            if (map.Find(entry => entry.Item2.Length == 0 || entry.Item2 is "." or ".." || entry.Item2.AsSpan().ContainsAny('/', '\\', '\0')) is { Name: { } tensor } outside)
                throw Broken(path, $"the tensor '{tensor}' lies in '{outside.Item2}', which is no file beside the index");
            return map.Select(entry => entry.Item2).Distinct(StringComparer.Ordinal).Count() <= MostShards ? map : throw Broken(path, $"the index names more than {MostShards} files");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw DamagedFileException.At(path, "readable checkpoint", 0, "the file is JSON, and no index of weights ('weight_map')", exception);
        }
    }

    private static DamagedFileException Broken(string path, string fault) => DamagedFileException.At(path, "readable checkpoint", 0, fault);
}
