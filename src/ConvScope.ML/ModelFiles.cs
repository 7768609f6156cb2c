using ConvScope.Records.Files;

namespace ConvScope.ML;

/// <summary>Files of models.</summary>
public static class ModelFiles
{
    /// <summary>
    /// Saves a model as <c>Save</c> does, beside its place and renamed: a model that cannot be saved, for its weights or for want of room, leaves the file that was there before, or none. Missing folders are made.
    /// </summary>
    /// <param name="catalog">The context's <c>Model</c>.</param>
    /// <param name="model">The model.</param>
    /// <param name="inputSchema">Schema of what it is given; null for none.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void SaveWhole(this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema? inputSchema, string path)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        WholeFile.Write(path, stream => catalog.Save(model, inputSchema, stream));
    }
}
