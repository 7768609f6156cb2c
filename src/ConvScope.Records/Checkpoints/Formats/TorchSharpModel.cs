using System.IO.Compression;
using ConvScope.Records.Checkpoints.Bytes;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>Opens the weights in a <c>model.zip</c> of Microsoft.ML.TorchSharp: entries <c>TSModel</c> in TorchSharp's own format, one a network.</summary>
internal static class TorchSharpModel
{
    /// <summary>Name of an entry that holds the weights of a network.</summary>
    public const string Entry = "TSModel";

    /// <summary>The weights; of several networks by the folders of their entries. Null where the archive is none of that kind, or damaged.</summary>
    public static OrderedDictionary<object, object?>? Read(SafeFileHandle file, string path)
    {
        try
        {
            using var archive = new ZipArchive(new HandleStream(file), ZipArchiveMode.Read);
            var networks = archive.Entries.Index().Where(entry => entry.Item.Name == Entry || entry.Item.FullName.EndsWith($"\\{Entry}", StringComparison.Ordinal)).ToList(); // written on Windows
            var root = new OrderedDictionary<object, object?>();
            foreach (var (index, entry) in networks)
            {
                using var content = entry.Open();
                var whole = new InflatedBytes(file, path, index, 0, entry.Length);
                if (TorchSharpFile.Read(content, entry.Length, (begin, length) => new SubBytes(whole, begin, length)) is not { } weights)
                    return null;
                if (networks.Count == 1)
                    return weights;
                root[entry.FullName[..^Entry.Length].TrimEnd('/', '\\')] = weights;
            }

            return root.Count == 0 ? null : root;
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException or NotSupportedException or IndexOutOfRangeException or OverflowException)
        {
            return null; // the reader of PyTorch's archives says what is wrong
        }
    }
}
