using System.IO.Compression;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;

namespace ConvScope;

/// <summary>A saved ML.NET model whose weights are made NaN, as a version that did not look at them could have written it.</summary>
public static class SpoiltModel
{
    private const string Weights = "weights.safetensors";

    /// <summary>Makes the first values of a tensor NaN.</summary>
    /// <param name="path">The <c>model.zip</c>, changed in place.</param>
    /// <param name="tensor">Name of the tensor.</param>
    /// <param name="count">How many values.</param>
    public static void Spoil(string path, string tensor, int count)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Update);
        using var content = archive.Entries.Single(entry => entry.Name == Weights).Open();
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        using var folder = new TemporaryFolder();
        Safetensors.WriteTensors(folder.File(Weights),
            [.. Safetensors.ReadTensors(copy.ToArray(), path).Select(stored => stored.Name == tensor ? Spoilt(stored, count) : stored)]);
        content.SetLength(0);
        content.Write(File.ReadAllBytes(folder.File(Weights)));
    }

    private static StoredTensor Spoilt(StoredTensor stored, int count)
    {
        var values = stored.ReadFloats();
        values.AsSpan(0, count).Fill(float.NaN);
        return StoredTensor.Of(new NamedArray(stored.Name, [.. stored.Shape], values));
    }
}
