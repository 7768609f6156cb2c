using System.Buffers.Binary;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Checkpoints.Pickle;
using ConvScope.Records.Files;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints;

/// <summary>
/// An open checkpoint file, PyTorch's <c>.pth</c> in both its formats or safetensors: its tensors and the plain values beside them. Tensors stay in the file until they are read; libtorch is not needed.
/// </summary>
/// <remarks>
/// The file is hostile until proven otherwise. The pickle inside a PyTorch file is read by a restricted machine that knows only what tensors need and executes nothing; depth, counts and sizes are bounded; every view is
/// checked against its storage, and every storage against the file.
/// </remarks>
public sealed class Checkpoint : IDisposable
{
    private readonly SafeFileHandle _file;

    private Checkpoint(SafeFileHandle file, string path, CheckpointFormat format, object? root, IReadOnlyDictionary<string, string> metadata)
    {
        (_file, Path, Format, Root, Metadata) = (file, path, format, root, metadata);
        Tensors = StateDictionary.Find(root, null, path);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its format, told from its first bytes.</summary>
    public CheckpointFormat Format { get; }

    /// <summary>
    /// The object that was saved: null, <see cref="bool"/>, <see cref="long"/>, <see cref="System.Numerics.BigInteger"/>, <see cref="double"/>, <see cref="string"/>, <c>byte[]</c>, a list or tuple as
    /// <c>IReadOnlyList&lt;object?&gt;</c>, a dictionary as <c>IReadOnlyDictionary&lt;object, object?&gt;</c> in the order of the file, or a <see cref="StoredTensor"/>.
    /// </summary>
    public object? Root { get; }

    /// <summary>Free text that a safetensors file carries; empty for other formats.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// The tensors of the state dictionary, in the order of the file. It is the entry <c>state_dict</c>, <c>model_state_dict</c>, <c>model</c> or <c>net</c> where one holds tensors, else the saved object itself,
    /// else the entry that holds most tensors. The prefixes <c>module.</c> (DataParallel) and <c>_orig_mod.</c> (torch.compile) are taken off where all names have them.
    /// </summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">A <c>.pth</c>, <c>.pt</c> or <c>.safetensors</c> file; the name does not matter.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DamagedFileException">The file is no checkpoint, is damaged, or asks for what tensors do not need; the message names file, offset and reason.</exception>
    public static Checkpoint Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            var format = Recognise(file, path);
            var root = format switch
            {
                CheckpointFormat.PyTorchZip => PyTorchZip.Read(file, path),
                CheckpointFormat.PyTorchLegacy => PyTorchLegacy.Read(file, path),
                _ => ReadSafetensors(file, path, metadata),
            };
            return new Checkpoint(file, path, format, root, metadata);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The tensors of a state dictionary that is reached by name.</summary>
    /// <param name="key">Keys from the saved object on, joined by dots: <c>ema.state_dict</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such entry; the message lists those that are there.</exception>
    public IReadOnlyList<StoredTensor> StateDict(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return StateDictionary.Find(Root, key, Path);
    }

    /// <summary>
    /// Writes a file that PyTorch's <c>torch.load(path, weights_only=True)</c> opens: the zip format, every tensor on a storage of its own. It is written beside and renamed, so that a reader never sees half of it.
    /// </summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="root">What <see cref="Root"/> may be, up to 100 levels deep.</param>
    /// <exception cref="ArgumentException">The object holds something that a checkpoint cannot.</exception>
    public static void Write(string path, object? root)
    {
        ArgumentNullException.ThrowIfNull(path);
        PyTorchWriter.Write(path, root);
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private static CheckpointFormat Recognise(SafeFileHandle file, string path)
    {
        Span<byte> first = stackalloc byte[9];
        first = first[..RandomAccess.Read(file, first, 0)];
        // First, as a header of 0x80 or 0x4b50 bytes begins as the other two do; neither of them has such a small number here and a brace behind it.
        if (first is [.., (byte)'{'] && first.Length == 9 && BinaryPrimitives.ReadInt64LittleEndian(first) is > 1 and <= SafetensorsHeader.Largest)
            return CheckpointFormat.Safetensors;
        if (first is [(byte)'P', (byte)'K', ..])
            return CheckpointFormat.PyTorchZip;
        if (first is [(byte)PickleOpcode.Protocol, ..])
            return CheckpointFormat.PyTorchLegacy;
        throw DamagedFileException.At(path, "readable checkpoint", 0, first.IsEmpty ? "the file is empty" : $"the file begins with the bytes {Convert.ToHexStringLower(first)}, and neither a PyTorch file nor safetensors does so");
    }

    private static OrderedDictionary<object, object?> ReadSafetensors(SafeFileHandle file, string path, Dictionary<string, string> metadata)
    {
        using var stream = new HandleStream(file);
        var entries = SafetensorsHeader.Read(stream, path, metadata);
        var data = stream.Position;
        return new(entries.Select(entry => KeyValuePair.Create<object, object?>(
            entry.Name, StoredTensor.Of(entry.Name, entry.Type, entry.Shape, new FileBytes(file, path, entry.Length).Place(data + entry.Begin)))));
    }
}
