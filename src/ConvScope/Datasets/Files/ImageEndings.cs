namespace ConvScope.Datasets.Files;

/// <summary>What the ending of a file's name promises. What an image is, its content tells.</summary>
internal static class ImageEndings
{
    /// <summary>Endings of the formats that are read, as messages name them.</summary>
    public const string Words = ".jpg, .jpeg, .png, .webp, .bmp, .gif";

    private static readonly HashSet<string> _read = new(
        [".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".pjp", ".png", ".apng", ".webp", ".bmp", ".dib", ".gif"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> _otherPictures = new(
        ["", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".jpx", ".svg", ".psd", ".raw", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2",
            ".pgm", ".ppm", ".pbm", ".pnm", ".tga", ".dds", ".exr", ".hdr", ".ico", ".pcx", ".dcm", ".nii", ".npy", ".npz", ".mat"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file is taken for an image.</summary>
    public static bool IsImage(string name) => _read.Contains(Path.GetExtension(name));

    /// <summary>Whether a file that is not taken may yet be a picture: of another format, or without an ending.</summary>
    public static bool MayBePicture(string name) => _otherPictures.Contains(Path.GetExtension(name));

    /// <summary>What a file is called that is left out because of its ending.</summary>
    public static string Kind(string name) => Path.GetExtension(name) is { Length: > 0 } ending ? $"{ending.ToLowerInvariant()} file" : "file without an ending";
}
