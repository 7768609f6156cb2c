using System.Security.Cryptography;
using ConvScope.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConvScope.Datasets;

/// <summary>Finds the files of a data set: in the cache, else from its sources in their order. What was fetched is checked, then kept.</summary>
/// <param name="dataset">Name of the data set, also of its folder in the cache.</param>
/// <param name="sources">Where to look, best first.</param>
/// <param name="folder">The cache; null for the usual one.</param>
/// <param name="logger">Gets a line for each source that is asked; null for nobody.</param>
internal sealed partial class DatasetCache(string dataset, IReadOnlyList<DatasetSource> sources, string? folder = null, ILogger? logger = null)
{
    private readonly string _folder = Path.Combine(folder ?? CacheFolder.Path, dataset);
    private readonly ILogger _logger = logger ?? NullLogger.Instance;

    /// <summary>The paths of the plain files, in the given order.</summary>
    /// <exception cref="IOException">No source has a file; the message names each attempt and where to put the files by hand.</exception>
    public async Task<IReadOnlyList<string>> FindAsync(IReadOnlyList<DatasetFile> files, CancellationToken cancellation)
    {
        var attempts = new List<string>();
        foreach (var file in files.Where(file => !IsWhole(file)))
            await FetchAsync(file, attempts, cancellation).ConfigureAwait(false);
        return [.. files.Select(PathOf)];
    }

    private async Task FetchAsync(DatasetFile file, List<string> attempts, CancellationToken cancellation)
    {
        foreach (var source in sources.Where(source => !attempts.Exists(attempt => attempt.StartsWith(source.Name + ": ", StringComparison.Ordinal))))
        {
            try
            {
                LogFetch(_logger, dataset, file.Name, source.Name);
                var content = await source.Fetch(file, cancellation).ConfigureAwait(false);
                if (content.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
                    content = IdxFile.Unpack(content, file.Name);
                var hash = Convert.ToHexStringLower(SHA256.HashData(content));
                if (hash != file.Sha256)
                    throw new InvalidDataException($"{file.Name} has SHA-256 {hash}; {file.Sha256} was expected");
                CacheFolder.Write(PathOf(file), content);
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException && !cancellation.IsCancellationRequested)
            {
                attempts.Add($"{source.Name}: {exception.Message}"); // a source that failed once is not asked for the next file
                LogFailed(_logger, source.Name, exception.Message);
            }
        }

        throw new IOException(
            $"""
            {dataset} could not be had: '{file.Name}' is not in the cache, and
            {string.Join(Environment.NewLine, attempts.Select(attempt => $"  {attempt}"))}
            Put the files by hand, plain and not packed, into '{_folder}', or let {CacheFolder.Variable} name a cache that has them.
            """);
    }

    private bool IsWhole(DatasetFile file)
    {
        if (!File.Exists(PathOf(file)))
            return false;
        using var stream = File.OpenRead(PathOf(file));
        return Convert.ToHexStringLower(SHA256.HashData(stream)) == file.Sha256;
    }

    private string PathOf(DatasetFile file) => Path.Combine(_folder, file.Name);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Dataset}: fetching {File} from {Source}.")]
    private static partial void LogFetch(ILogger logger, string dataset, string file, string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source} did not give it: {Reason}")]
    private static partial void LogFailed(ILogger logger, string source, string reason);
}
