using Microsoft.Extensions.Logging;

namespace ConvScope.Datasets;

/// <summary>CIFAR-10 or CIFAR-100: its published archives and how they are read.</summary>
/// <param name="format">The layout.</param>
/// <param name="folder">Name of its folder in the cache.</param>
/// <param name="archives">The published archives.</param>
internal sealed class CifarDataset(CifarFormat format, string folder, IReadOnlyList<PublishedArchive> archives)
{
    private const string Host = "https://www.cs.toronto.edu/~kriz/";
    private static readonly TimeSpan _connectLimit = TimeSpan.FromSeconds(10);

    /// <summary>Loads the images from the cache or the host.</summary>
    public async Task<ImageSet> LoadAsync(bool train, int labelKind, string? cacheFolder, ILogger? logger, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = _connectLimit };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(30) };
        var cache = new ArchiveCache(folder, archives, Host, (archive, token) => client.GetStreamAsync(new Uri(Host + archive.Name), token), cacheFolder, logger);
        var path = await cache.FindAsync(cancellation).ConfigureAwait(false);
        return await Task.Run(() => Read(path, train, labelKind), cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads an archive, whatever its checksum.</summary>
    public ImageSet Read(string path, bool train, int labelKind)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new CifarArchive(path, format).Read(train ? format.TrainMembers : format.TestMembers, labelKind);
    }
}
