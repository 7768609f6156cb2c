using System.Security.Cryptography;
using ConvScope.Native;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConvScope.Datasets;

/// <summary>Finds an archive of a data set: one that lies in the cache, in any published form, else the first form from its host. An archive is used only where its checksum is the published one.</summary>
/// <param name="dataset">Name of the data set's folder in the cache.</param>
/// <param name="archives">The published forms, that to fetch first.</param>
/// <param name="host">Where they are published, for messages.</param>
/// <param name="fetch">Opens the content of an archive of the host.</param>
/// <param name="folder">The cache; null for the usual one.</param>
/// <param name="logger">Gets a line for a download; null for nobody.</param>
internal sealed partial class ArchiveCache(
    string dataset, IReadOnlyList<PublishedArchive> archives, string host, Func<PublishedArchive, CancellationToken, Task<Stream>> fetch, string? folder = null, ILogger? logger = null)
{
    private readonly string _folder = Path.Combine(folder ?? CacheFolder.Path, dataset);
    private readonly ILogger _logger = logger ?? NullLogger.Instance;

    /// <summary>The path of an archive.</summary>
    /// <exception cref="IOException">There is none; the message names each attempt and where to put one by hand.</exception>
    public async Task<string> FindAsync(CancellationToken cancellation)
    {
        var attempts = new List<string>();
        foreach (var archive in archives.Where(archive => File.Exists(PathOf(archive))))
        {
            var found = await Task.Run(() => HashOf(PathOf(archive), cancellation), cancellation).ConfigureAwait(false);
            if (found == archive.Md5)
                return PathOf(archive);
            attempts.Add($"'{PathOf(archive)}' has MD5 {found}; {archive.Md5} was expected: it is damaged, truncated or another file");
        }

        try
        {
            LogFetch(_logger, dataset, archives[0].Name, host);
            using var content = await fetch(archives[0], cancellation).ConfigureAwait(false);
            Directory.CreateDirectory(_folder);
            WholeFile.Write(PathOf(archives[0]), target => Copy(content, target, archives[0], cancellation));
            return PathOf(archives[0]);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellation.IsCancellationRequested)
        {
            attempts.Add($"{host}: {exception.Message}");
        }

        throw new IOException(
            $"""
            {dataset} could not be had:
            {string.Join(Environment.NewLine, attempts.Select(attempt => $"  {attempt}"))}
            Put {string.Join(" or ", archives.Select(archive => archive.Name))} by hand into '{_folder}', or let {CacheFolder.Variable} name a cache that has one.
            """);
    }

    private static void Copy(Stream content, FileStream target, PublishedArchive archive, CancellationToken cancellation)
    {
        var found = Pass(content, target, cancellation);
        if (found != archive.Md5)
            throw new InvalidDataException($"{archive.Name} has MD5 {found}; {archive.Md5} was expected");
    }

    private static string HashOf(string path, CancellationToken cancellation)
    {
        using var stream = File.OpenRead(path);
        return Pass(stream, Stream.Null, cancellation);
    }

    /// <summary>Copies a stream and gives its MD5, the only checksum that the authors publish.</summary>
    private static string Pass(Stream content, Stream target, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = new byte[1 << 17];
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            target.Write(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private string PathOf(PublishedArchive archive) => Path.Combine(_folder, archive.Name);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Dataset}: fetching {File} from {Host}.")]
    private static partial void LogFetch(ILogger logger, string dataset, string file, string host);
}
