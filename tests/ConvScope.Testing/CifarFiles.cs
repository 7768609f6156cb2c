using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace ConvScope;

/// <summary>
/// Archives of the exact format of CIFAR-10 and CIFAR-100, binary and Python, with few images drawn by code. The Python form is written as Python 2.7's <c>cPickle</c> with protocol 2 writes it, opcode for opcode.
/// </summary>
public static class CifarFiles
{
    /// <summary>Class names of CIFAR-10.</summary>
    public static IReadOnlyList<string> Names10 { get; } = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Names of the hundred fine classes.</summary>
    public static IReadOnlyList<string> FineNames { get; } = [.. Enumerable.Range(0, 100).Select(index => $"fine_{index:D2}")];

    /// <summary>Names of the twenty coarse classes.</summary>
    public static IReadOnlyList<string> CoarseNames { get; } = [.. Enumerable.Range(0, 20).Select(index => $"coarse_{index:D2}")];

    /// <summary>The pixels of an image: planes of one value each that the label gives, with some noise.</summary>
    public static byte[] Pixels(int seed, int label)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 3072).Select(place => (byte)(20 * (label % 10) + 10 * (place / 1024) + random.Next(20)))];
    }

    /// <summary>Writes CIFAR-10 with so many images in each of its six files; image <c>i</c> of file <c>f</c> has label <c>(f + i) mod 10</c> and seed <c>1000 f + i</c>, the test file being the sixth.</summary>
    /// <returns>The archive.</returns>
    public static string Write10(string path, int perFile, bool python)
    {
        var members = new List<KeyValuePair<string, byte[]>>();
        for (var file = 0; file < 6; file++)
        {
            var name = file < 5 ? $"data_batch_{file + 1}" : "test_batch";
            var rows = Enumerable.Range(0, perFile).Select(index => (Label: (file + index) % 10, Pixels: Pixels(1000 * file + index, (file + index) % 10))).ToArray();
            members.Add(python
                ? KeyValuePair.Create($"cifar-10-batches-py/{name}", Pickled(
                    ("batch_label", name), ("labels", rows.Select(row => row.Label).ToArray()), ("data", rows.Select(row => row.Pixels).ToArray()), ("filenames", rows.Select((_, index) => $"image_{index}.png").ToArray())))
                : KeyValuePair.Create($"cifar-10-batches-bin/{name}.bin", (byte[])[.. rows.SelectMany(row => row.Pixels.Prepend((byte)row.Label))]));
        }

        members.Add(python
            ? KeyValuePair.Create("cifar-10-batches-py/batches.meta", Pickled(("num_cases_per_batch", perFile), ("label_names", Names10.ToArray()), ("num_vis", 3072)))
            : KeyValuePair.Create("cifar-10-batches-bin/batches.meta.txt", Encoding.ASCII.GetBytes(string.Join('\n', Names10) + "\n\n")));
        return WritePacked(path, members);
    }

    /// <summary>Writes CIFAR-100 with so many images in each of its two files; image <c>i</c> has fine label <c>7 i mod 100</c> and a fifth of it as coarse label, and seed <c>i</c>, in the test file <c>1000 + i</c>.</summary>
    /// <returns>The archive.</returns>
    public static string Write100(string path, int perFile, bool python)
    {
        var members = new List<KeyValuePair<string, byte[]>>();
        foreach (var (name, seed) in new[] { ("train", 0), ("test", 1000) })
        {
            var rows = Enumerable.Range(0, perFile).Select(index => (Fine: 7 * index % 100, Coarse: 7 * index % 100 / 5, Pixels: Pixels(seed + index, 7 * index % 100 / 5))).ToArray();
            members.Add(python
                ? KeyValuePair.Create($"cifar-100-python/{name}", Pickled(
                    ("filenames", rows.Select((_, index) => $"image_{index}.png").ToArray()), ("batch_label", name), ("fine_labels", rows.Select(row => row.Fine).ToArray()),
                    ("coarse_labels", rows.Select(row => row.Coarse).ToArray()), ("data", rows.Select(row => row.Pixels).ToArray())))
                : KeyValuePair.Create($"cifar-100-binary/{name}.bin", (byte[])[.. rows.SelectMany(row => row.Pixels.Prepend((byte)row.Fine).Prepend((byte)row.Coarse))]));
        }

        if (python)
        {
            members.Add(KeyValuePair.Create("cifar-100-python/meta", Pickled(("fine_label_names", FineNames.ToArray()), ("coarse_label_names", CoarseNames.ToArray()))));
        }
        else
        {
            members.Add(KeyValuePair.Create("cifar-100-binary/fine_label_names.txt", Encoding.ASCII.GetBytes(string.Join('\n', FineNames) + "\n")));
            members.Add(KeyValuePair.Create("cifar-100-binary/coarse_label_names.txt", Encoding.ASCII.GetBytes(string.Join('\n', CoarseNames) + "\n")));
        }

        return WritePacked(path, members);
    }

    /// <summary>Writes a tar packed with gzip.</summary>
    /// <returns>The archive.</returns>
    public static string WritePacked(string path, IEnumerable<KeyValuePair<string, byte[]>> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        using var writer = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest), TarEntryFormat.Ustar);
        foreach (var (name, content) in members)
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return path;
    }

    /// <summary>A dictionary as Python 2.7 pickles it: texts of bytes, whole numbers, lists, and one array of bytes a list of images.</summary>
    public static byte[] Pickled(params (string Key, object Value)[] entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var pickle = new MemoryStream();
        var memo = 0;
        Write(0x80, 2);
        Write('}');
        Put();
        Write('(');
        foreach (var (key, value) in entries)
        {
            Text(key);
            switch (value)
            {
                case string text: Text(text); break;
                case int number: Number(number); break;
                case int[] numbers: List(numbers, number => Number(number)); break;
                case string[] texts: List(texts, Text); break;
                case byte[][] images: Images(images); break;
                default: throw new ArgumentException($"{value.GetType()} is not written.", nameof(entries));
            }
        }

        Write('u', '.');
        return pickle.ToArray();

        void Write(params int[] codes)
        {
            foreach (var code in codes)
                pickle.WriteByte((byte)code);
        }

        void Put()
        {
            ++memo;
            if (memo < 256)
                Write('q', memo);
            else
                Write('r', memo & 255, memo >> 8 & 255, memo >> 16 & 255, memo >> 24);
        }

        void Text(string text)
        {
            Write('U', text.Length);
            pickle.Write(Encoding.ASCII.GetBytes(text));
            Put();
        }

        void Number(int number)
        {
            if (number < 256)
                Write('K', number);
            else if (number < 65536)
                Write('M', number & 255, number >> 8);
            else
                Write('J', number & 255, number >> 8 & 255, number >> 16 & 255, number >> 24);
        }

        void List<T>(T[] items, Action<T> write)
        {
            Write(']');
            Put();
            foreach (var chunk in items.Chunk(1000))
            {
                Write('(');
                foreach (var item in chunk)
                    write(item);
                Write('e');
            }
        }

        void Global(string module, string name)
        {
            Write('c');
            pickle.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
            Put();
        }

        void Images(byte[][] images)
        {
            Global("numpy.core.multiarray", "_reconstruct");
            Global("numpy", "ndarray");
            Write('K', 0, 0x85);
            Put();
            Text("b");
            Write(0x87);
            Put();
            Write('R');
            Put();
            Write('(', 'K', 1);
            Number(images.Length);
            Write('M', 0, 12, 0x86); // 3072
            Put();
            Global("numpy", "dtype");
            Text("u1");
            Write('K', 0, 'K', 1, 0x87);
            Put();
            Write('R');
            Put();
            Write('(', 'K', 3);
            Text("|");
            Write('N', 'N', 'N', 'J', 255, 255, 255, 255, 'J', 255, 255, 255, 255, 'K', 0, 't');
            Put();
            Write('b', 0x89);
            var bytes = images.SelectMany(image => image).ToArray();
            Write('T', bytes.Length & 255, bytes.Length >> 8 & 255, bytes.Length >> 16 & 255, bytes.Length >> 24);
            pickle.Write(bytes);
            Put();
            Write('t');
            Put();
            Write('b');
        }
    }
}
