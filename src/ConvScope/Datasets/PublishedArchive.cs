namespace ConvScope.Datasets;

/// <summary>An archive as its authors publish it.</summary>
/// <param name="Name">Name of the file.</param>
/// <param name="Md5">The checksum that they publish, lower-case hexadecimal.</param>
internal sealed record PublishedArchive(string Name, string Md5);
