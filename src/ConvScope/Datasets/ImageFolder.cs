using ConvScope.Datasets.Files;
using ConvScope.Records.Files;

namespace ConvScope.Datasets;

/// <summary>
/// Labelled image files in ImageNet's layout, a folder a class: <c>root/class/*.jpg</c>, <c>*.jpeg</c> or <c>*.png</c>, also in folders below the class's. The root is a folder, or lies in a tar, a zip or a tar packed
/// with gzip. Classes and images are sorted by their ordinal names, so their order is the same on every machine.
/// </summary>
/// <remarks>Nothing is decoded here. Files may be read from any number of threads at once. Links inside archives are not followed.</remarks>
public sealed class ImageFolder : IDisposable
{
    private static readonly string[] _extensions = [".jpg", ".jpeg", ".png"];

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
    /// <exception cref="InvalidDataException">There is no class folder, or one without an image.</exception>
    public static ImageFolder Open(string path, string? cacheFolder = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var (outer, root) = MemberPath.Split(path);
        var source = FileSources.Open(outer, cacheFolder);
        try
        {
            var images = Images(source, root);
            if (images.Count == 0)
                throw new InvalidDataException($"'{path}' has no image in the layout class/name.jpg (.jpg, .jpeg, .png){Hint(source, root)}.");
            string[] classes = [.. images.Select(image => image.Class).Distinct().Order(StringComparer.Ordinal)];
            if (Directory.Exists(outer) && EmptyClass(outer, classes) is { } empty)
                throw new InvalidDataException($"'{path}' has a class folder '{empty}' without an image (.jpg, .jpeg, .png).");
            var label = classes.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
            images.Sort((first, second) => label[first.Class] != label[second.Class] ? label[first.Class] - label[second.Class] : string.CompareOrdinal(first.Name, second.Name));
            return new ImageFolder(path, classes, ImageFiles.Of(source, [.. images.Select(image => image.Index)], [.. images.Select(image => label[image.Class])]));
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

    private static List<(string Class, string Name, int Index)> Images(FileSource source, string root)
    {
        var prefix = root.Length == 0 ? "" : root.TrimEnd('/') + "/";
        var images = new Dictionary<string, (string Class, string Name, int Index)>(StringComparer.Ordinal); // of equal names the last counts, as where a tar is unpacked
        for (var i = 0; i < source.Count; i++)
        {
            var name = source.Name(i);
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || !_extensions.Contains(System.IO.Path.GetExtension(name), StringComparer.OrdinalIgnoreCase))
                continue;
            var parts = name[prefix.Length..].Split('/');
            if (parts.Length > 1 && parts[0] != "__MACOSX" && !Array.Exists(parts, part => part.StartsWith('.')))
                images[name] = (parts[0], name, i);
        }

        return [.. images.Values];
    }

    private static string? EmptyClass(string folder, string[] classes) => Directory.EnumerateDirectories(folder)
        .Select(sub => System.IO.Path.GetFileName(sub)).Where(name => !name.StartsWith('.') && Array.BinarySearch(classes, name, StringComparer.Ordinal) < 0).Order(StringComparer.Ordinal).FirstOrDefault();

    private static string Hint(FileSource source, string root)
    {
        var there = Enumerable.Range(0, Math.Min(source.Count, 3)).Select(index => $"'{source.Name(index)}'").ToList();
        return there.Count == 0 ? "; it has no files" : $"{(root.Length == 0 ? "" : $" below '{root}'")}; it has {string.Join(", ", there)}";
    }
}
