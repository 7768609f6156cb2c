using System.IO.Compression;
using ConvScope.Records.Checkpoints.Pickle;
using ConvScope.Records.Files;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>Writes PyTorch's zip format: <c>data.pkl</c>, one stored entry a tensor, byte order and version.</summary>
internal static class PyTorchWriter
{
    private static readonly DateTimeOffset _noTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // the same values give the same bytes

    /// <summary>Writes beside <paramref name="path"/>, to the disk, and renames.</summary>
    public static void Write(string path, object? root) => WholeFile.Write(path, stream => Write(stream, root), toDisk: true);

    private static void Write(FileStream stream, object? root)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        using var buffer = new MemoryStream();
        var pickle = new PickleWriter(buffer);
        pickle.Write(root);
        Entry(archive, "data.pkl", entry => entry.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
        Entry(archive, "byteorder", entry => entry.Write("little"u8));
        foreach (var (index, tensor) in pickle.Tensors.Index())
            Entry(archive, $"data/{index}", tensor.CopyTo);
        Entry(archive, "version", entry => entry.Write("3\n"u8));
    }

    private static void Entry(ZipArchive archive, string name, Action<Stream> write)
    {
        var entry = archive.CreateEntry($"archive/{name}", CompressionLevel.NoCompression);
        entry.LastWriteTime = _noTime;
        using var content = entry.Open();
        write(content);
    }
}
