namespace ConvScope.Datasets;

/// <summary>A folder of this machine that holds the files, plain or with <c>.gz</c>.</summary>
internal static class LocalFolder
{
    /// <summary>A folder; it need not exist.</summary>
    public static DatasetSource Create(string folder) => new(folder, async (file, cancellation) =>
    {
        var plain = Path.Combine(folder, file.Name);
        return await File.ReadAllBytesAsync(File.Exists(plain) ? plain : plain + ".gz", cancellation).ConfigureAwait(false);
    });
}
