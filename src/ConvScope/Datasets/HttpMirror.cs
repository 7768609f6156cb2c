namespace ConvScope.Datasets;

/// <summary>A public mirror that serves the files packed with gzip.</summary>
internal static class HttpMirror
{
    private static readonly TimeSpan _connectLimit = TimeSpan.FromSeconds(10);

    /// <summary>A mirror at an address that ends in a slash.</summary>
    public static DatasetSource Create(string address) => new(address, async (file, cancellation) =>
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = _connectLimit };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(5) };
        return await client.GetByteArrayAsync(new Uri($"{address}{file.Name}.gz"), cancellation).ConfigureAwait(false);
    });
}
