namespace ConvScope.Datasets;

/// <summary>A place from which the files of a data set can be had.</summary>
/// <param name="Name">What a message calls it.</param>
/// <param name="Fetch">Gives the content of a file, plain or gzip; throws where it cannot.</param>
internal sealed record DatasetSource(string Name, Func<DatasetFile, CancellationToken, Task<byte[]>> Fetch);
