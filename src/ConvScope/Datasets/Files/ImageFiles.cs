using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ConvScope.Datasets.Files;

/// <summary>A list of image files with their labels, wherever they lie: what a set is decoded from.</summary>
internal sealed class ImageFiles : IDisposable
{
    private readonly (FileSource Source, int Index)[] _files;
    private readonly IReadOnlyList<string>? _paths;
    private readonly IDisposable _owned;

    private ImageFiles((FileSource, int)[] files, int[] labels, IReadOnlyList<string>? paths, IDisposable owned)
    {
        _files = files;
        _paths = paths;
        _owned = owned;
        Labels = labels;
    }

    /// <summary>Number of images.</summary>
    public int Count => _files.Length;

    /// <summary>Class index of each image; 0 where a regression learns <see cref="Numbers"/>.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>The number of each image that a regression learns; null where labels are classes.</summary>
    public IReadOnlyList<float>? Numbers { get; private init; }

    /// <summary>How much each image counts; null for 1 each.</summary>
    public IReadOnlyList<float>? Weights { get; set; }

    /// <summary>Names of the classes; null where they are not known.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Some files of one source, which is disposed with the list.</summary>
    public static ImageFiles Of(FileSource source, IReadOnlyList<int> indices, int[] labels, IReadOnlyList<string>? classNames = null) =>
        new([.. indices.Select(index => (source, index))], labels, paths: null, source) { ClassNames = classNames };

    /// <summary>Files by their paths, of which some may be members of archives; see <see cref="MemberPath"/>. What is not there is found out where it is read.</summary>
    public static ImageFiles Of(IReadOnlyList<string> paths, int[] labels)
    {
        var archives = new OpenArchives();
        var plain = new PlainFiles(paths);
        var files = new (FileSource, int)[paths.Count];
        for (var i = 0; i < files.Length; i++)
            files[i] = MemberPath.Split(paths[i]) is (var archive, { Length: > 0 } member) ? (archives.Find(archive, member, out var index), index) : (plain, i);
        return new ImageFiles(files, labels, paths, archives);
    }

    /// <summary>The same images with the numbers that a regression learns in place of classes.</summary>
    public ImageFiles With(float[] numbers) => new(_files, new int[numbers.Length], _paths, _owned) { Numbers = numbers };

    /// <summary>The path of an image, as messages and cells have it.</summary>
    public string PathOf(int index) => _paths?[index] ?? _files[index].Source.PathOf(_files[index].Index);

    /// <inheritdoc cref="FileSource.Read" />
    public int Read(int index, ref byte[] buffer) => _files[index].Source.Read(_files[index].Index, ref buffer);

    /// <summary>SHA-256 over the name, length and label of every image, lower-case hexadecimal; contents are not read.</summary>
    /// <param name="settings">What else belongs to the identity.</param>
    public string Checksum(string settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(settings));
        for (var i = 0; i < Count; i++)
        {
            var (source, index) = _files[i];
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{(source is UnreadableSource ? "" : source.Name(index))}\t{source.Length(index)}\t{Label(i)}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => _owned.Dispose();

    private string Label(int index) => (Numbers?[index] ?? (IFormattable)Labels[index]).ToString(null, CultureInfo.InvariantCulture);
}
