using System.IO.Compression;
using System.Text.Json;
using ConvScope.ML.Onnx;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;

namespace ConvScope.Tool;

/// <summary>The tensors of whatever a user points at: a checkpoint, an ML.NET model that holds a ConvScope network, or a run.</summary>
internal sealed class TensorSource : IDisposable
{
    private const string Weights = "weights.safetensors";
    private const string Description = "network.json";
    private const string Classes = "classes.json";
    private readonly Checkpoint? _checkpoint;

    private TensorSource(string format, IReadOnlyList<StoredTensor> tensors, NetworkSpec? network, Checkpoint? checkpoint = null) =>
        (Format, Tensors, Network, _checkpoint) = (format, tensors, network, checkpoint);

    /// <summary>What it is, for people.</summary>
    public string Format { get; }

    /// <summary>The tensors, in their own order.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>The other tensors of a checkpoint, of which <see cref="Tensors"/> are one group; empty where the user chose.</summary>
    public IReadOnlyList<TensorGroup> Others => _checkpoint is { } checkpoint && Key == checkpoint.Taken?.Key ? checkpoint.Others : [];

    /// <summary>Where in a checkpoint the tensors lie; null for any other source.</summary>
    public string? Key { get; private init; }

    /// <summary>The tensors as the weights of networks.</summary>
    public NamedWeights Named => _checkpoint?.Named(Tensors) ?? new NamedWeights(Tensors);

    /// <summary>What Python would call for the file.</summary>
    public IReadOnlyList<PickleCall> Calls => _checkpoint?.Calls ?? [];

    /// <summary>Tensors that cannot be read.</summary>
    public IReadOnlyList<string> LeftOut => _checkpoint?.LeftOut ?? [];

    /// <summary>Names of tensors that the network has and the source has not: running statistics, in records of older versions.</summary>
    public IReadOnlyList<string> Missing { get; private init; } = [];

    /// <summary>What a user should know of the choice and of the file, a line each.</summary>
    public IEnumerable<string> Notes => (Missing.Count == 0 ? [] : new[] { $"running statistics are missing: {WeightFit.List(Missing)}" }).Concat(Calls.Select(call => $"this file would call {call.Text} where it is loaded without weights_only"))
        .Concat(Others.Count > 0 || _checkpoint?.Taken is { IsOptimizer: true } ? [$"taken: {_checkpoint!.Taken}; left: {(Others.Count == 0 ? "nothing" : string.Join(", ", Others.Take(10)))}{(Others.Count > 10 ? $" and {Others.Count - 10} more" : "")}; --key chooses"] : []);

    /// <summary>The network's description where it is kept with the tensors.</summary>
    public NetworkSpec? Network { get; }

    /// <summary>Names of the classes where they are kept with the tensors; null where not.</summary>
    public IReadOnlyList<string>? ClassNames { get; private init; }

    /// <summary>Opens a path.</summary>
    /// <param name="path">A file, or a run folder.</param>
    /// <param name="key">Keys to the state dictionary inside a checkpoint, joined by dots; null to find it.</param>
    /// <exception cref="FileNotFoundException">There is nothing of that name.</exception>
    /// <exception cref="InvalidDataException">It holds no tensors.</exception>
    public static TensorSource Open(string path, string? key = null)
    {
        var source = Directory.Exists(path) ? OfRun(path) : OfModel(path) ?? OfCheckpoint(path, key);
        if (source.Tensors.Count > 0)
            return source;
        using (source)
        {
            var calls = string.Concat(source.Calls.Take(5).Select(call => $" This file would call {call.Text} where it is loaded without weights_only."));
            throw new InvalidDataException($"'{path}' holds no tensors{(key is null ? "; --key names the entry where they lie deeper" : $" at '{key}'")}.{calls}");
        }
    }

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="InvalidDataException">There is none; the message names those that there are.</exception>
    public StoredTensor Find(string name, string path) => Tensors.FirstOrDefault(tensor => tensor.Name == name)
        ?? throw new InvalidDataException($"'{path}' has no tensor '{name}'; it has {string.Join(", ", Tensors.Select(tensor => tensor.Name))}.");

    /// <inheritdoc />
    public void Dispose() => _checkpoint?.Dispose();

    private static TensorSource OfRun(string folder)
    {
        using var record = RunRecord.Open(folder);
        if (record.ReadSnapshots() is not [.., var last])
            throw new InvalidDataException($"The run '{folder}' has no snapshot of its weights.");
        var metadata = record.ReadMetadata();
        var network = metadata.TryGetValue(MetadataNames.NetworkJson, out var json) ? NetworkSpec.FromJson(json) : null;
        var file = last.Open();
        return new TensorSource($"run, after step {last.Step}", file.Tensors, network, file)
        {
            ClassNames = RecordedClasses.Of(metadata).Names, Missing = RunWeights.Missing(file, metadata, network),
        };
    }

    /// <summary>An ML.NET model, which is a zip archive with a network in it; null for anything else.</summary>
    private static TensorSource? OfModel(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.ReadByte() != 'P' || stream.ReadByte() != 'K')
            return null;
        try
        {
            stream.Position = 0;
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            if (archive.Entries.FirstOrDefault(entry => entry.Name == Weights) is not { } weights || archive.Entries.FirstOrDefault(entry => entry.Name == Description) is not { } description)
                return null;
            using var reader = new StreamReader(description.Open());
            return new TensorSource("ML.NET model", Safetensors.ReadTensors(Bytes(weights), path), NetworkSpec.FromJson(reader.ReadToEnd()))
            {
                ClassNames = archive.Entries.FirstOrDefault(entry => entry.Name == Classes) is { } classes ? JsonSerializer.Deserialize<string[]>(Bytes(classes)) : null,
            };
        }
        catch (Exception exception) when (exception is InvalidDataException or DamagedFileException or JsonException)
        {
            return null; // the reader of checkpoints says what is wrong with the archive
        }
    }

    private static TensorSource OfCheckpoint(string path, string? key)
    {
        var checkpoint = Checkpoint.Open(path);
        try
        {
            var format = checkpoint.Format switch
            {
                CheckpointFormat.PyTorchZip => "PyTorch, zip format",
                CheckpointFormat.PyTorchLegacy => "PyTorch, format before 1.6",
                CheckpointFormat.Sharded => "weights in several files",
                CheckpointFormat.NumpyArray => "NumPy array",
                CheckpointFormat.NumpyArchive => "NumPy archive",
                CheckpointFormat.TorchSharp => "TorchSharp",
                CheckpointFormat.TorchSharpModel => "model of Microsoft.ML.TorchSharp",
                CheckpointFormat.Onnx => "ONNX",
                _ => "safetensors",
            };
            var network = checkpoint.Root is IReadOnlyDictionary<object, object?> root && root.TryGetValue("network", out var json) && json is string text && text.StartsWith('{') ? NetworkSpec.FromJson(text) : null;
            return new TensorSource(format, key is null ? checkpoint.Tensors : checkpoint.StateDict(key), network, checkpoint) { Key = key ?? checkpoint.Taken?.Key, ClassNames = ClassesOfOnnx(checkpoint) ?? ClassesOfItsRun(path) };
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>The names of the classes that an ONNX file of ours carries; null for any other file.</summary>
    private static string[]? ClassesOfOnnx(Checkpoint checkpoint)
    {
        try
        {
            return checkpoint.Format == CheckpointFormat.Onnx && checkpoint.Metadata.TryGetValue(OnnxExport.ClassesKey, out var json) ? JsonSerializer.Deserialize<string[]>(json) : null;
        }
        catch (JsonException)
        {
            return null; // another program's entry of that name
        }
    }

    /// <summary>The names of the classes of the run in whose folder <c>checkpoints</c> a file lies; null for any other file.</summary>
    private static IReadOnlyList<string>? ClassesOfItsRun(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path)));
        if (folder is null || !File.Exists(Path.Combine(folder, RecordSchema.FileName)))
            return null;
        try
        {
            using var record = RunRecord.Open(folder);
            return RecordedClasses.Of(record.ReadMetadata()).Names;
        }
        catch (IOException)
        {
            return null; // the weights are whole all the same
        }
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var copy = new MemoryStream();
        using var content = entry.Open();
        content.CopyTo(copy);
        return copy.ToArray();
    }
}
