using ConvScope.Datasets;
using ConvScope.ML.Internals;

namespace ConvScope.ML;

/// <summary>Adds labelled images to ML.NET's catalog of data: <c>mlContext.Data.LoadFromImages(...)</c>, <c>mlContext.Data.LoadFromImageFolder(...)</c>.</summary>
public static class ImageDataCatalog
{
    /// <summary>A data set in memory as a view: <c>Features</c>, bytes <c>[C, H, W]</c>, and <c>Label</c>, the name of the class as text. Pixels are copied when a row is read, and not kept.</summary>
    /// <param name="catalog">The catalog of data.</param>
    /// <param name="images">The data set, such as <c>await Cifar10.LoadTrainAsync()</c>.</param>
    public static IDataView LoadFromImages(this DataOperationsCatalog catalog, ImageSet images)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(images);
        var schema = SchemaDefinition.Create(typeof(ImageRow));
        schema[nameof(ImageRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, images.Channels, images.Height, images.Width);
        return catalog.LoadFromEnumerable(Enumerable.Range(0, images.Count).Select(index => new ImageRow(images, index)).ToArray(), schema);
    }

    /// <summary>The image files of a folder or archive as a view: <c>ImagePath</c>, a text that the feature column of a network may be, and <c>Label</c>, the name of the class as text. Nothing is decoded; what the list leaves out is said in the log.</summary>
    /// <param name="catalog">The catalog of data.</param>
    /// <param name="folder">The files; the view does not need it any more once it is made.</param>
    public static IDataView LoadFromImageFolder(this DataOperationsCatalog catalog, ImageFolder folder)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(folder);
        foreach (var notice in folder.Notices)
            HostLog.Warn(new EnvironmentLog(catalog.Environment(), "Loading"), $"'{folder.Path}': {notice}");
        return catalog.LoadFromEnumerable(Enumerable.Range(0, folder.Count).Select(index => new PathRow { ImagePath = folder.ImagePath(index), Label = folder.ClassNames[folder.Label(index)] }).ToArray());
    }

    /// <inheritdoc cref="LoadFromImageFolder(DataOperationsCatalog, ImageFolder)" />
    /// <param name="catalog">The catalog of data.</param>
    /// <param name="path">A folder or archive in ImageNet's layout, <c>root/class/*.jpg</c>; see <see cref="ImageFolder.Open"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such folder or archive.</exception>
    /// <exception cref="Records.Files.DamagedFileException">An archive is damaged.</exception>
    /// <exception cref="InvalidDataException">There is no class folder, or one without an image.</exception>
    public static IDataView LoadFromImageFolder(this DataOperationsCatalog catalog, string path)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        using var folder = ImageFolder.Open(path);
        return catalog.LoadFromImageFolder(folder);
    }

    private sealed class ImageRow(ImageSet images, int index)
    {
        public byte[] Features => images.Image(index).ToArray();

        public string Label => images.ClassNames[images.Label(index)];
    }

    private sealed class PathRow
    {
        public string ImagePath { get; init; } = "";

        public string Label { get; init; } = "";
    }
}
