using Microsoft.Extensions.Logging;

namespace ConvScope.Datasets;

/// <summary>A data set of two pairs of IDX files.</summary>
/// <param name="name">Name of the data set.</param>
/// <param name="folder">Its folder in the cache.</param>
/// <param name="classNames">Name of each class, in the order of the indices.</param>
/// <param name="sources">Makes the sources of one load, best first.</param>
internal sealed class IdxDataset(string name, string folder, IReadOnlyList<string> classNames, Func<IReadOnlyList<DatasetSource>> sources)
{
    public IReadOnlyList<string> ClassNames => classNames;

    /// <summary>Loads images and labels from a pair of files, the images first.</summary>
    public async Task<ImageSet> LoadAsync(IReadOnlyList<DatasetFile> files, string? cacheFolder, ILogger? logger, CancellationToken cancellation)
    {
        var paths = await new DatasetCache(folder, sources(), cacheFolder, logger).FindAsync(files, cancellation).ConfigureAwait(false);
        return IdxFile.Read(name, paths[0], paths[1], classNames);
    }
}
