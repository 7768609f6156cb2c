using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Checkpoints.Onnx;
using ConvScope.Records.Checkpoints.Pickle;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints;

/// <summary>
/// An open checkpoint file, PyTorch's <c>.pth</c> in both its formats, safetensors, an index of several such files, TorchSharp's <c>.dat</c>, the initializers of ONNX, or NumPy's <c>.npy</c> and <c>.npz</c>: its tensors and the plain values beside them. Tensors stay in the file until they are read; libtorch is not needed.
/// </summary>
/// <remarks>
/// The file is hostile until proven otherwise. The pickle inside a PyTorch file is read by a machine that knows only what tensors need, keeps everything else as an inert value, and executes nothing; depth, counts and sizes are bounded; every view is
/// checked against its storage, and every storage against the file.
/// </remarks>
public sealed class Checkpoint : IDisposable
{
    private readonly SafeFileHandle _file;
    private IReadOnlyList<IDisposable> _beside = [];

    private Checkpoint(SafeFileHandle file, string path, CheckpointFormat format, object? root, IReadOnlyList<PickleCall> calls, IReadOnlyDictionary<string, string> metadata)
    {
        (_file, Path, Format, Root, Calls, Metadata) = (file, path, format, root, calls, metadata);
        (Tensors, Taken, Others) = StateDictionary.Best(root);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its format, told from its first bytes.</summary>
    public CheckpointFormat Format { get; }

    /// <summary>
    /// The object that was saved: null, <see cref="bool"/>, <see cref="long"/>, <see cref="System.Numerics.BigInteger"/>, <see cref="double"/>, <see cref="string"/>, <c>byte[]</c>, a list or tuple as
    /// <c>IReadOnlyList&lt;object?&gt;</c>, a dictionary as <c>IReadOnlyDictionary&lt;object, object?&gt;</c> in the order of the file (keys that are neither text nor a number are an <see cref="InertKey"/>), a <see cref="StoredTensor"/>, or what is not known here,
    /// an <see cref="InertObject"/> or an <see cref="InertName"/>.
    /// </summary>
    public object? Root { get; }

    /// <summary>
    /// What Python would call where it loads the file without <c>weights_only</c>, and that is not known to be harmless, each call once, at most 100 of a pickle. Nothing of it is called here; empty for safetensors.
    /// </summary>
    public IReadOnlyList<PickleCall> Calls { get; }

    /// <summary>Free text that a safetensors or ONNX file carries; empty for other formats.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// The tensors of the state dictionary, in the order of the file. It is the entry <c>state_dict</c>, <c>model_state_dict</c>, <c>model</c> or <c>net</c> where one holds tensors, else the dictionary with most elements that is no
    /// optimizer's; <see cref="Taken"/> says which. The prefixes <c>module.</c> (DataParallel) and <c>_orig_mod.</c> (torch.compile) are taken off where all names have them. Of a module that was saved whole it is its state dictionary.
    /// </summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>Where <see cref="Tensors"/> lie; null where there are none.</summary>
    public TensorGroup? Taken { get; }

    /// <summary>The other tensors of the file, in its order, at most 100 groups; <see cref="StateDict"/> gives them.</summary>
    public IReadOnlyList<TensorGroup> Others { get; }

    /// <summary>Tensors that cannot be read, with type and reason: sparse ones, quantised ones of a scale a channel, types that are not known. They cost nothing but themselves.</summary>
    public IReadOnlyList<string> LeftOut { get; private init; } = [];

    /// <summary>Opens a file.</summary>
    /// <param name="path">A <c>.pth</c>, <c>.pt</c> or <c>.safetensors</c> file; the name does not matter.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DamagedFileException">The file is no checkpoint, is damaged, or asks for what tensors do not need; the message names file, offset and reason.</exception>
    public static Checkpoint Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Open(path, null);
    }

    private static Checkpoint Open(string path, string? index)
    {
        var beside = new List<IDisposable>();
        var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            var leftOut = new List<string>();
            var (format, known) = FileStructure.Recognise(file, path, leftOut);
            var (root, calls) = format switch
            {
                CheckpointFormat.PyTorchZip => PyTorchZip.Read(file, path),
                CheckpointFormat.PyTorchLegacy => PyTorchLegacy.Read(file, path),
                CheckpointFormat.Onnx => (OnnxFile.Read(file, path, metadata, leftOut, beside), []),
                CheckpointFormat.NumpyArchive or CheckpointFormat.TorchSharp or CheckpointFormat.TorchSharpModel => (known, []),
                CheckpointFormat.NumpyArray => (NumpyFile.ReadArray(file, path, leftOut), []),
                CheckpointFormat.Sharded when index is null => ReadShards(file, path, beside, leftOut),
                CheckpointFormat.Sharded => throw DamagedFileException.At(path, "readable checkpoint", 0, $"it is an index of weights itself, where '{index}' names it as a file of them"),
                _ => (ReadSafetensors(file, path, metadata, leftOut), []),
            };
            return new Checkpoint(file, path, format, root, calls, metadata) { LeftOut = [.. leftOut, .. TensorGroups.Unread(root)], _beside = beside };
        }
        catch
        {
            beside.ForEach(other => other.Dispose());
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

    /// <summary>The weights of a network by its names: a prefix of the names is taken off, and in an ONNX file, whose tensors have any names, the graph is walked from its input on.</summary>
    /// <param name="network">The network's description.</param>
    /// <returns>What was found, then what is left over; whether all of it fits says who loads it.</returns>
    /// <exception cref="DamagedFileException">The graph of the file is damaged.</exception>
    public IReadOnlyList<StoredTensor> WeightsFor(NetworkSpec network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Named(Tensors).For(network).Weights;
    }

    /// <summary>Tensors of the file as the weights of networks.</summary>
    internal NamedWeights Named(IReadOnlyList<StoredTensor> tensors)
    {
        if (Format != CheckpointFormat.Onnx)
            return new NamedWeights(tensors);
        var (nodes, inputs) = OnnxNode.Read(new FileWindow(_file, Path));
        return new NamedWeights(tensors, new OnnxWalk(nodes, inputs, tensors));
    }

    /// <summary>Refuses a file that would call something in Python, before its weights are used.</summary>
    /// <param name="allowed">Names of calls that are allowed, such as <c>mymodule.Scheduler</c>; null for none.</param>
    /// <exception cref="DamagedFileException">The file would make a call that is not allowed; the message names it.</exception>
    public void RefuseCalls(IEnumerable<string>? allowed = null)
    {
        var names = (allowed ?? []).ToHashSet(StringComparer.Ordinal);
        if (Calls.FirstOrDefault(call => !names.Contains(call.Name)) is { } refused)
        {
            throw new DamagedFileException(
                Path, $"'{Path}' is refused: it would call {refused.Text} where Python loads it without weights_only. Its weights are used where '{refused.Name}' is allowed by name.");
        }
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
    public void Dispose()
    {
        foreach (var other in _beside)
            other.Dispose();
        _file.Dispose();
    }

    private static (object? Root, IReadOnlyList<PickleCall> Calls) ReadShards(SafeFileHandle file, string path, List<IDisposable> beside, List<string> leftOut)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        var root = new OrderedDictionary<object, object?>();
        var calls = new List<PickleCall>();
        foreach (var group in ShardIndex.Read(file, path).GroupBy(entry => entry.File, StringComparer.Ordinal))
        {
            if (!File.Exists(System.IO.Path.Combine(folder, group.Key)))
                throw DamagedFileException.At(path, "readable checkpoint", 0, $"the file '{group.Key}' that it names is not beside it");
            var shard = Open(System.IO.Path.Combine(folder, group.Key), path);
            beside.Add(shard);
            calls.AddRange(shard.Calls);
            leftOut.AddRange(shard.LeftOut);
            var entries = TensorGroups.Children(shard.Root).DistinctBy(entry => entry.Name, StringComparer.Ordinal).ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
            foreach (var (tensor, _) in group)
            {
                root[tensor] = entries.TryGetValue(tensor, out var value)
                    ? value
                    : throw DamagedFileException.At(path, "readable checkpoint", 0, $"the tensor '{tensor}' is not in '{group.Key}', where the index says that it is");
            }
        }

        return (root, calls);
    }

    private static OrderedDictionary<object, object?> ReadSafetensors(SafeFileHandle file, string path, Dictionary<string, string> metadata, List<string> leftOut)
    {
        using var stream = new HandleStream(file);
        var entries = SafetensorsHeader.Read(stream, path, metadata, leftOut);
        var data = stream.Position;
        return new(entries.Select(entry => KeyValuePair.Create<object, object?>(
            entry.Name, StoredTensor.Of(entry.Name, entry.Type, entry.Shape, new FileBytes(file, path, entry.Length).Place(data + entry.Begin)))));
    }
}
