using System.Buffers.Binary;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Checkpoints.Onnx;
using ConvScope.Records.Checkpoints.Pickle;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Formats;

/// <summary>Tells the format of a file from its structure: a few bytes alone may be a length in one format and a mark in another.</summary>
internal static class FileStructure
{
    /// <summary>The format, and the tensors where reading them is what tells it.</summary>
    /// <exception cref="DamagedFileException">It is of no format that is known here; the message says of which it seems to be.</exception>
    public static (CheckpointFormat Format, OrderedDictionary<object, object?>? Root) Recognise(SafeFileHandle file, string path, List<string> leftOut)
    {
        Span<byte> start = stackalloc byte[64];
        start = start[..RandomAccess.Read(file, start, 0)];
        var first = start[..Math.Min(9, start.Length)];
        // First, as a header of 0x80 or 0x4b50 bytes begins as others do; none of them has such a small number here and a brace behind it.
        if (first is [.., (byte)'{'] && first.Length == 9 && BinaryPrimitives.ReadInt64LittleEndian(first) is > 1 and <= SafetensorsHeader.Largest)
            return (CheckpointFormat.Safetensors, null);
        if (start.StartsWith(NumpyFile.Magic))
            return (CheckpointFormat.NumpyArray, null);
        if (first is [(byte)'P', (byte)'K', 3 or 5, ..])
            return Archive(file, path, leftOut);
        // TorchSharp's files begin with the number of their tensors: with 80 of them as an archive, with 128 as a pickle.
        if (first is not [(byte)PickleOpcode.Protocol, 2, 0x8a, 10, ..] && OfTorchSharp(file, path) is { } root)
            return (CheckpointFormat.TorchSharp, root);
        if (OnnxFile.IsLikely(start))
            return (CheckpointFormat.Onnx, null);
        if (first is [(byte)'P', (byte)'K', ..])
            return (CheckpointFormat.PyTorchZip, null);
        if (first is [(byte)PickleOpcode.Protocol, ..])
            return (CheckpointFormat.PyTorchLegacy, null);
        if (first is [(byte)'{', ..])
            return (CheckpointFormat.Sharded, null);
        if (OnnxFile.IsModel(file, path))
            return (CheckpointFormat.Onnx, null);
        throw DamagedFileException.At(path, "readable checkpoint", 0, ForeignFile.Reason(start));
    }

    private static (CheckpointFormat Format, OrderedDictionary<object, object?>? Root) Archive(SafeFileHandle file, string path, List<string> leftOut)
    {
        if (NumpyFile.ReadArchive(file, path, leftOut) is { } arrays)
            return (CheckpointFormat.NumpyArchive, arrays);
        return TorchSharpModel.Read(file, path) is { } weights ? (CheckpointFormat.TorchSharpModel, weights) : (CheckpointFormat.PyTorchZip, null);
    }

    private static OrderedDictionary<object, object?>? OfTorchSharp(SafeFileHandle file, string path)
    {
        using var stream = new BufferedStream(new HandleStream(file), 1 << 12);
        StorageBytes Place(long begin, long length) => new FileBytes(file, path, length).Place(begin);
        if (TorchSharpFile.Read(stream, stream.Length, Place) is { } root)
            return root;
        stream.Position = 0;
        return TorchSharpFile.ReadTensor(stream, stream.Length, Place) is { } tensor ? new() { ["tensor"] = tensor } : null;
    }
}
