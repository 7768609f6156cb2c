using System.Formats.Tar;
using System.IO.Compression;
using SkiaSharp;

namespace ConvScope;

/// <summary>Image files drawn by code, and folders and archives of them in ImageNet's layout.</summary>
public static class PictureFiles
{
    /// <summary>Names of the classes of <see cref="Create"/>: the main colour of their images.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["blue", "green", "red"];

    /// <summary>An image whose pixels a function gives.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="colour">Colour by column and row.</param>
    /// <param name="format">JPEG or PNG.</param>
    /// <param name="quality">Quality of JPEG, 0 to 100.</param>
    public static byte[] Encode(int width, int height, Func<int, int, SKColor> colour, SKEncodedImageFormat format = SKEncodedImageFormat.Png, int quality = 95)
    {
        ArgumentNullException.ThrowIfNull(colour);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.Pixels = [.. from y in Enumerable.Range(0, height) from x in Enumerable.Range(0, width) select colour(x, y)];
        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>A small JPEG of a colour, with noise and of a size that the seed gives; every fourth one is a PNG.</summary>
    /// <param name="label">Class, 0 to 2: blue, green, red.</param>
    /// <param name="seed">Seed of size and noise.</param>
    public static byte[] Draw(int label, int seed)
    {
        var random = new Random(seed);
        int width = random.Next(16, 40), height = random.Next(16, 40);
        return Encode(width, height, (_, _) =>
        {
            var values = new[] { (byte)random.Next(60), (byte)random.Next(60), (byte)random.Next(60) };
            values[2 - label] = (byte)random.Next(180, 256);
            return new SKColor(values[0], values[1], values[2]);
        }, seed % 4 == 3 ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg);
    }

    /// <summary>Files by their names, <c>blue/000.jpg</c>: so many of each class.</summary>
    /// <param name="perClass">Images of a class.</param>
    /// <param name="seed">Seed of the first image.</param>
    public static SortedDictionary<string, byte[]> Create(int perClass, int seed = 0)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        for (var label = 0; label < ClassNames.Count; label++)
        {
            for (var index = 0; index < perClass; index++)
            {
                var own = seed + label * perClass + index;
                files[$"{ClassNames[label]}/{index:D3}.{(own % 4 == 3 ? "png" : "jpg")}"] = Draw(label, own);
            }
        }

        return files;
    }

    /// <summary>Writes files into a folder.</summary>
    /// <returns>The folder.</returns>
    public static string WriteFolder(string folder, IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }

        return folder;
    }

    /// <summary>Writes files into a tar archive.</summary>
    /// <returns>The archive.</returns>
    public static string WriteTar(string path, IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var writer = new TarWriter(File.Create(path));
        foreach (var (name, content) in files)
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return path;
    }

    /// <summary>Writes files into a zip archive.</summary>
    /// <returns>The archive.</returns>
    public static string WriteZip(string path, IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in files)
        {
            using var stream = archive.CreateEntry(name).Open();
            stream.Write(content);
        }

        return path;
    }

    /// <summary>Packs a file with gzip.</summary>
    /// <returns>The packed file.</returns>
    public static string Pack(string path)
    {
        using (var target = new GZipStream(File.Create(path + ".gz"), CompressionLevel.Fastest))
            target.Write(File.ReadAllBytes(path));
        return path + ".gz";
    }
}
