namespace ConvScope.Datasets;

/// <summary>One file of a data set.</summary>
/// <param name="Name">Name of the plain file, such as <c>train-images-idx3-ubyte</c>; mirrors add <c>.gz</c>.</param>
/// <param name="Sha256">SHA-256 of the plain file, lower-case hexadecimal.</param>
internal sealed record DatasetFile(string Name, string Sha256);
