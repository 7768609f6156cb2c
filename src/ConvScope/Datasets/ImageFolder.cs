using ConvScope.Datasets.Files;
using ConvScope.Records.Files;

namespace ConvScope.Datasets;

/// <summary>
/// Labelled image files in ImageNet's layout, a folder a class: <c>root/class/*.jpg</c>, also <c>.jpeg</c>, <c>.jfif</c>, <c>.png</c>, <c>.webp</c>, <c>.bmp</c> and <c>.gif</c>, at any depth below the class's folder.
/// The root is a folder, or lies in a tar, a zip or a tar packed with gzip. Classes and images are sorted by their ordinal names, so their order is the same on every machine.
/// </summary>
/// <remarks>
/// Nothing is decoded here. Files may be read from any number of threads at once. Links in a folder are followed, but none that leads back or to what is in the list already, so that no image is there twice or under another
/// class; links inside archives are not. What is left out is in <see cref="LeftOut"/>.
/// </remarks>
public sealed class ImageFolder : IDisposable
{
    private const int MostKinds = 12; // that a notice names

    private ImageFolder(string path, IReadOnlyList<string> classNames, ImageFiles files)
    {
        Path = path;
        ClassNames = classNames;
        Files = files;
    }

    /// <summary>The folder or archive, as it was given.</summary>
    public string Path { get; }

    /// <summary>Names of the classes, those of their folders, in ordinal order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Number of images.</summary>
    public int Count => Files.Count;

    /// <summary>What is there and no image of the list: files of other endings, hidden ones, empty folders, links that lead in a circle. The largest number first.</summary>
    public IReadOnlyList<LeftOutFiles> LeftOut { get; private init; } = [];

    /// <summary>Sentences that whoever trains on the list should read: what is left out, and classes whose names only look alike.</summary>
    public IReadOnlyList<string> Notices { get; private init; } = [];

    internal ImageFiles Files { get; }

    /// <summary>Lists a folder or archive.</summary>
    /// <param name="path">
    /// A folder, a <c>.tar</c>, a <c>.zip</c> or a <c>.tar.gz</c>, told apart by content. A root inside an archive follows <c>!/</c>: <c>imagenette2.tar!/imagenette2/train</c>. A <c>.tar.gz</c> is unpacked once into the
    /// cache, which must have the room.
    /// </param>
    /// <param name="cacheFolder">Where a <c>.tar.gz</c> is unpacked; null for <c>CONVSCOPE_CACHE</c>, else the user's cache folder.</param>
    /// <returns>The list. The caller disposes it, after what was made of it.</returns>
    /// <exception cref="FileNotFoundException">There is no such folder or archive.</exception>
    /// <exception cref="DamagedFileException">An archive is damaged or not to be trusted.</exception>
    /// <exception cref="InvalidDataException">
    /// There is no class folder with an image; or a class would be lost or wrong: a folder that may not be read, one whose pictures are all of formats that are not read, masks beside their images, or parts (train, test) in
    /// the place of classes.
    /// </exception>
    public static ImageFolder Open(string path, string? cacheFolder = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var (outer, root) = MemberPath.Split(path);
        var source = FileSources.Open(outer, cacheFolder);
        try
        {
            var sorted = ClassFolders.Sort(source, root);
            if (sorted.Images.Count == 0)
                throw new InvalidDataException($"'{path}' has no image in the layout class/name.jpg ({ImageEndings.Words}){Hint(source, root)}.");
            if (PartFolders.AreParts(sorted.Classes))
            {
                var parts = string.Join(", ", sorted.Classes.Select(part => $"'{part}'"));
                throw new InvalidDataException($"'{path}' holds the parts {parts} of a data set, and no class folders. Open one of them, or find both with {nameof(ImageFolderParts)}.");
            }

            var label = sorted.Classes.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
            var images = sorted.Images.OrderBy(image => label[image.Class]).ThenBy(image => image.Name, StringComparer.Ordinal).ToList();
            var files = ImageFiles.Of(source, [.. images.Select(image => image.Index)], [.. images.Select(image => label[image.Class])], sorted.Classes);
            return new ImageFolder(path, sorted.Classes, files)
            {
                LeftOut = sorted.LeftOut,
                Notices = NoticesOf(sorted),
            };
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The path of an image, as messages and cells of a table have it: that of the file, or <c>archive!/member</c>.</summary>
    /// <param name="index">The image, from 0.</param>
    public string ImagePath(int index) => Files.PathOf(index);

    /// <summary>The class index of an image.</summary>
    /// <param name="index">The image, from 0.</param>
    public int Label(int index) => Files.Labels[index];

    /// <summary>The content of an image's file; from any thread.</summary>
    /// <param name="index">The image, from 0.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged inside its archive, or has more than 256 MiB.</exception>
    public byte[] ReadBytes(int index)
    {
        byte[] buffer = [];
        var length = Files.Read(index, ref buffer);
        return buffer.Length == length ? buffer : buffer[..length];
    }

    /// <summary>Closes the archive.</summary>
    public void Dispose() => Files.Dispose();

    private static List<string> NoticesOf(ClassFolders sorted)
    {
        var notices = new List<string>();
        if (sorted.LeftOut is { Count: > 0 } left)
            notices.Add($"Left out: {string.Join("; ", left.Take(MostKinds))}{(left.Count > MostKinds ? $"; and {left.Count - MostKinds} further kinds" : "")}.");
        foreach (var (first, second) in UnicodeForms.Twins(sorted.Classes))
            notices.Add($"Classes {UnicodeForms.Describe(first)} and {UnicodeForms.Describe(second)} differ only in their Unicode form; they are two classes.");
        return notices;
    }

    private static string Hint(FileSource source, string root)
    {
        var there = Enumerable.Range(0, Math.Min(source.Count, 3)).Select(index => $"'{ShownPath.Of(source.Name(index))}'").ToList();
        return there.Count == 0 ? "; it has no files" : $"{(root.Length == 0 ? "" : $" below '{root}'")}; it has {string.Join(", ", there)}";
    }
}
