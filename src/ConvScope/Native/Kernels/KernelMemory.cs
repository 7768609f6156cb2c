using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ConvScope.Native.Kernels;

/// <summary>Keeps a verdict in the cache folder, so that kernels are checked once a machine and not once a process.</summary>
/// <param name="cache">The cache folder.</param>
/// <param name="circumstances">All that the verdict depends on: the same text, the same verdict.</param>
internal sealed class KernelMemory(string cache, string circumstances)
{
    private readonly string _path = Path.Combine(cache, "kernels", $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(circumstances)))[..16]}.json");

    /// <summary>The memory for one libtorch on this machine.</summary>
    /// <param name="libtorch">File of <c>torch_cpu</c>.</param>
    /// <param name="processor">The processor.</param>
    public static KernelMemory For(string libtorch, Processor processor)
    {
        var file = new FileInfo(libtorch);
        var version = typeof(KernelMemory).Assembly.ManifestModule.ModuleVersionId; // another build may check otherwise
        var settings = OneDnnLimit.Deciding.Select(name => $"{name}={Environment.GetEnvironmentVariable(name)}");
        var library = $"{typeof(TorchSharp.torch).Assembly.GetName().Version} {(file.Exists ? $"{file.Length} {file.LastWriteTimeUtc:O}" : "")}";
        return new KernelMemory(CacheFolder.Path, string.Join('\n', [$"check {version}", $"libtorch {library}", $"processor {processor}", .. settings]));
    }

    /// <summary>What was remembered; null where nothing was, or it is damaged.</summary>
    public KernelVerdict? Read()
    {
        try
        {
            var entry = JsonSerializer.Deserialize<Entry>(File.ReadAllBytes(_path), JsonSerializerOptions.Web);
            return entry is { Reason: not null } && entry.Circumstances == circumstances && Enum.TryParse<KernelCure>(entry.Cure, out var cure) && Enum.IsDefined(cure)
                ? new KernelVerdict(cure, entry.Reason, IsRemembered: true)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Remembers a verdict; where that cannot be, the next process checks again.</summary>
    public void Write(KernelVerdict verdict)
    {
        try
        {
            CacheFolder.Write(_path, JsonSerializer.SerializeToUtf8Bytes(new Entry(circumstances, verdict.Cure.ToString(), verdict.Reason), JsonSerializerOptions.Web));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // a read-only home: nothing is lost but a tenth of a second
        }
    }

    private sealed record Entry(string? Circumstances, string? Cure, string? Reason);
}
