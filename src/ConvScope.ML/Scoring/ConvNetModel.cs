using ConvScope.Attribution;
using ConvScope.Datasets;
using ConvScope.ML.Labels;
using ConvScope.ML.Onnx;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.ML.Scoring;

/// <summary>A trained network: its description, its weights, and the classes that it tells apart, if any.</summary>
/// <remarks>Prediction may run on several threads at once; nothing in the model changes.</remarks>
public sealed partial class ConvNetModel : IDisposable
{
    private const int MostImages = 128;

    private readonly Lazy<TorchEngine> _torch;
    private readonly Lazy<(OnnxEngine? Engine, string? Reason)> _onnx;
    private readonly IReadOnlyList<StoredTensor>? _stored;
    private readonly bool _isOnCpu;
    private bool _disposed;

    /// <summary>A network that is there, such as one that was trained: libtorch scores with it.</summary>
    internal ConvNetModel(NetworkSpec network, nn.Module<Tensor, Tensor> module, Device device, ClassLabels labels)
    {
        module.eval();
        Network = network;
        Labels = labels;
        _isOnCpu = device.type == DeviceType.CPU;
        _torch = new Lazy<TorchEngine>(new TorchEngine((SpecNetwork)module, device));
        _onnx = new Lazy<(OnnxEngine?, string?)>((null, "it was not loaded from a model file, or lies on a GPU"));
    }

    /// <summary>A network that was saved, on the CPU: libtorch is loaded where it is needed.</summary>
    /// <exception cref="InvalidDataException">The weights do not fit the network.</exception>
    internal ConvNetModel(NetworkSpec network, IReadOnlyList<StoredTensor> weights, ClassLabels labels)
    {
        WeightFit.Check(network, weights);
        Network = network;
        Labels = labels;
        _isOnCpu = true;
        _stored = weights;
        _torch = new Lazy<TorchEngine>(() => TorchEngine.Load(network, weights));
        _onnx = new Lazy<(OnnxEngine?, string?)>(() =>
        {
            var engine = OnnxEngine.Create(network, weights, out var reason);
            if (engine is not null || Log is not { } log)
                return (engine, reason);
            LogLibTorch(log, network.Name, reason);
            return (engine, reason);
        });
    }

    /// <summary>The network's description.</summary>
    public NetworkSpec Network { get; }

    /// <summary>How images are decoded where the feature column holds their paths.</summary>
    public ImageDecoding Decoding { get; internal init; } = new();

    /// <summary>The network with its weights, in evaluation mode. It belongs to the model: do not dispose it.</summary>
    public nn.Module<Tensor, Tensor> Module => _torch.Value.Network;

    /// <summary>What computes the scores of a model that was loaded on the CPU; to be chosen before the first is asked for. Layers' outputs and attributions always come from libtorch. Default <see cref="ScoringEngine.Auto"/>.</summary>
    public ScoringEngine Scoring { get; set; }

    /// <summary>The classes in the order of the scores; their numbers from 0 where the label had no names, <c>False</c> and <c>True</c> for binary classification, none for a regression.</summary>
    public IReadOnlyList<string> ClassNames => Labels.Names;

    /// <summary>Gets what is to be said of rows that are scored; null for a model of a checkpoint that no context knows yet.</summary>
    internal ILogger? Log { get; set; }

    /// <summary>The weights as they are stored, or as they are.</summary>
    internal IReadOnlyList<StoredTensor> Weights => _stored ?? ModuleWeights.Read(Module);

    /// <summary>The classes with the values that they stand for.</summary>
    internal ClassLabels Labels { get; }

    /// <summary>Images that are run at once where rows follow each other.</summary>
    /// <remarks>
    /// With libtorch on two cores LeNet-5 is fastest from 64 on, ResNet-18 at 16 to 64 for images of 64×64 and at 4 for 224×224: each about what 128 MB of outputs hold. ONNX Runtime uses the memory of outputs again, and is faster with
    /// more images.
    /// </remarks>
    internal int BatchSize => (int)Math.Clamp((!_isOnCpu ? 1L << 31 : _stored is null || Scoring == ScoringEngine.LibTorch ? 1L << 27 : 1L << 30) / (sizeof(float) * Network.OutputCount), 1, MostImages);

    /// <summary>A network with the weights of a checkpoint, PyTorch's <c>.pth</c> or safetensors, such as torchvision's: to predict, to take features from, or to be exported, without a training.</summary>
    /// <param name="network">The network's description.</param>
    /// <param name="path">The checkpoint; every weight of the network must be in it by its name.</param>
    /// <param name="classNames">Names of the classes; null for their numbers from 0, or for <c>False</c> and <c>True</c> of a binary classifier.</param>
    /// <param name="decoding">How images are decoded where the feature column holds their paths; null for the defaults.</param>
    /// <returns>The model on the CPU. The caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="Records.Files.DamagedFileException">The file is no checkpoint, or would call something unknown in Python.</exception>
    /// <exception cref="InvalidDataException">Its weights do not fit the network.</exception>
    /// <exception cref="NonFiniteWeightsException">Weights in it are NaN or infinite.</exception>
    /// <exception cref="ArgumentException">There are more or fewer names than classes.</exception>
    public static ConvNetModel FromCheckpoint(NetworkSpec network, string path, IReadOnlyList<string>? classNames = null, ImageDecoding? decoding = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (classNames is not null && classNames.Count != network.ClassCount)
            throw new ArgumentException($"Network '{network.Name}' tells {network.ClassCount} classes apart; there are {classNames.Count} names.", nameof(classNames));
        decoding?.Validate();
        using var checkpoint = Checkpoint.Open(path);
        checkpoint.RefuseCalls();
        NonFiniteWeightsException.ThrowIfAny(NonFiniteWeights.Find(checkpoint.Tensors), $"'{path}'");
        var module = network.CreateModule(seed: 0);
        try
        {
            ModuleWeights.LoadAll(module, checkpoint.WeightsFor(network));
            return new ConvNetModel(network, module, CPU, classNames is null ? ClassLabels.Of(network) : ClassLabels.Create(classNames)) { Decoding = decoding ?? new() };
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes the model as ONNX: raw pixels as 32-bit floats <c>[N, C, H, W]</c> in, probabilities <c>[N, K]</c> out, that of yes <c>[N, 1]</c> for a binary classifier, or values <c>[N, 1]</c> in the label's unit for a regression. Normalisation, softmax or sigmoid, and the class names are part of it. It runs in ONNX Runtime and
    /// <c>mlContext.Transforms.ApplyOnnxModel</c> without libtorch.
    /// </summary>
    /// <param name="path">The file to write, beside and renamed; an existing one is replaced.</param>
    /// <param name="inputName">Name of the input.</param>
    /// <param name="outputName">Name of the output.</param>
    /// <exception cref="NotSupportedException">A layer has no counterpart in ONNX; the message names it.</exception>
    /// <exception cref="NonFiniteWeightsException">Weights are NaN or infinite; nothing is written.</exception>
    public void ExportOnnx(string path, string inputName = "Features", string outputName = "Score")
    {
        ThrowIfDisposed();
        OnnxExport.Write(path, Network, Weights, ClassNames, inputName, outputName);
    }

    /// <summary>Frees the weights. Predicting afterwards is an error; a second call is harmless.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_torch.IsValueCreated)
            _torch.Value.Dispose();
        if (_onnx.IsValueCreated)
            _onnx.Value.Engine?.Dispose();
    }

    /// <summary>
    /// Refuses weights from which no prediction can come. It reads all of them once, which is less work than to predict one image.
    /// </summary>
    /// <exception cref="NonFiniteWeightsException">Some are NaN or infinite.</exception>
    internal void CheckWeights()
    {
        ThrowIfDisposed();
        NonFiniteWeightsException.ThrowIfAny((_stored is null ? NonFiniteWeights.Find(Module) : NonFiniteWeights.Find(_stored)), $"Network '{Network.Name}'");
    }

    /// <summary>What the task says of the first <paramref name="rows"/> images: probabilities, or values in the label's unit.</summary>
    /// <param name="pixels">Raw pixels, bytes or floats, image after image.</param>
    /// <param name="rows">Number of images <c>N</c>.</param>
    /// <param name="scores">Gets <c>[N, K]</c> or <c>[N, 1]</c> values.</param>
    internal void Predict(Array pixels, int rows, Span<float> scores) => Run(pixels, rows, arePredictions: true, scores);

    /// <summary>The network's outputs for the first <paramref name="rows"/> images, as they are.</summary>
    internal void Outputs(Array pixels, int rows, Span<float> outputs) => Run(pixels, rows, arePredictions: false, outputs);

    /// <inheritdoc cref="TorchEngine.Activations" />
    internal void Activations(Array pixels, int rows, string layer, Span<float> outputs)
    {
        ThrowIfDisposed();
        _torch.Value.Activations(pixels, rows, layer, outputs);
    }

    /// <inheritdoc cref="TorchEngine.Attribute" />
    internal void Attribute(Array pixels, int rows, AttributionMethod method, AttributionTarget target, Span<float> maps)
    {
        ThrowIfDisposed();
        _torch.Value.Attribute(pixels, rows, method, target, maps);
    }

    private void Run(Array pixels, int rows, bool arePredictions, Span<float> values)
    {
        ThrowIfDisposed();
        if (Onnx() is { } onnx)
            onnx.Run(pixels, rows, arePredictions, values);
        else
            _torch.Value.Run(pixels, rows, arePredictions, values);
    }

    private OnnxEngine? Onnx()
    {
        if (Scoring == ScoringEngine.LibTorch)
            return null;
        var (engine, reason) = _onnx.Value;
        return engine is null && Scoring == ScoringEngine.OnnxRuntime ? throw new InvalidOperationException($"Network '{Network.Name}' is not scored by ONNX Runtime: {reason}.") : engine;
    }

    private void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw new ObjectDisposedException(nameof(ConvNetModel),
                "The model has been disposed. A PredictionEngine disposes the model that it was made of, also for others that use it, unless it is made with new PredictionEngineOptions { OwnsTransformer = false }.");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Network '{Network}' is scored by libtorch: {Reason}.")]
    private static partial void LogLibTorch(ILogger logger, string network, string? reason);
}
