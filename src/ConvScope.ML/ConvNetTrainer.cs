using ConvScope.Inspection;
using ConvScope.ML.Heads;
using ConvScope.ML.Internals;
using ConvScope.ML.Labels;
using ConvScope.ML.Scoring;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.NonFinite;
using Microsoft.Extensions.Logging;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.ML;

/// <summary>
/// Trains a convolutional network on the images of a view. The rows are read once, and images that the features name by their paths are held or streamed; <c>Fit</c> may be called any number of times on one instance, and the same data
/// and seed give the same network on the CPU, and on a GPU with <see cref="TrainingOptions.Deterministic"/>.
/// </summary>
public sealed class ConvNetTrainer : IEstimator<ConvNetTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly Head _head;
    private readonly ConvNetOptions _options;

    internal ConvNetTrainer(IHostEnvironment environment, Head head, ConvNetOptions options)
    {
        options.Validate();
        _ = head.Names(options.OutputColumns).Checked();
        _head = head;
        _environment = environment;
        _options = options;
    }

    /// <summary>Trains a network; <see cref="ConvNetOptions.ValidationSet"/> is measured after each epoch.</summary>
    /// <param name="input">Rows with features and label.</param>
    /// <returns>The trained network. The caller disposes it, or what it hands it to does.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type or size, or the network does not fit it.</exception>
    /// <exception cref="FileNotFoundException">There is no file <see cref="ConvNetOptions.InitialWeights"/>.</exception>
    /// <exception cref="Records.Files.DamagedFileException">
    /// <see cref="ConvNetOptions.InitialWeights"/> is no checkpoint; or an image file is corrupt, and <see cref="ConvNetOptions.Decoding"/> says that this is the end.
    /// </exception>
    /// <exception cref="InvalidDataException">The weights do not fit the network.</exception>
    /// <exception cref="NetworkException"><see cref="ConvNetOptions.FreezeUntil"/> is no layer of the network, or leaves nothing to train.</exception>
    /// <exception cref="InvalidOperationException">The data are empty, a label is missing, a feature is no finite number, or there is no such GPU.</exception>
    /// <exception cref="StoppedByFindingException">The diagnosis found what <see cref="InspectionOptions.StopOn"/> asks to stop on.</exception>
    /// <exception cref="NonFiniteTrainingException">
    /// A loss or weights became NaN or infinite, and <see cref="TrainingOptions.OnNonFinite"/> says that this is the end. The record, its
    /// figures and its report are written; there is no model.
    /// </exception>
    /// <exception cref="NonFiniteWeightsException">
    /// <see cref="ConvNetOptions.InitialWeights"/> holds weights that are NaN or infinite.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// The training was cancelled, by <see cref="ConvNetOptions.Cancellation"/> or by <c>MLContext.CancelExecution</c>. Its record, marked as cancelled, its report and its checkpoints are left; there is no model.
    /// </exception>
    public ConvNetTransformer Fit(IDataView input) => Fit(input, _options.ValidationSet);

    /// <inheritdoc cref="Fit(IDataView)" />
    /// <param name="trainData">Rows with features and label.</param>
    /// <param name="validationData">Rows that are measured after each epoch and never trained on; null for none.</param>
    public ConvNetTransformer Fit(IDataView trainData, IDataView? validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        var features = FeatureColumn.Find(trainData.Schema, _options.FeatureColumnName, _options.Network?.Input);
        var label = _head.FindLabel(trainData.Schema, _options.LabelColumnName);
        var weight = RowWeights.Find(trainData.Schema, _options.ExampleWeightColumnName);
        var network = Network(features, _head.Outputs(label));
        if (_options.FreezeUntil is { } last)
            FineTuning.CheckLayer(network, last);
        if (_options.InitialWeights is { } weights && !File.Exists(weights))
            throw new FileNotFoundException($"There are no weights '{weights}' to begin with{(Directory.Exists(weights) ? ": it is a folder. Name the file in it" : "")}.", weights);

        using var host = TrainingHost.Start(_environment, _options.Cancellation);
        var library = TorchRuntime.Load();
        var choice = DeviceChoice.Resolve(host.GpuDeviceId, host.FallbackToCpu);
        HostLog.Device(host, library.Description, library.Kernels, choice.Description);
        foreach (var warning in new[] { library.Warning, choice.Warning }.OfType<string>())
            HostLog.Warn(host, warning);

        var seed = _options.Training.Seed ?? host.Seed ?? TrainingOptions.DefaultSeed;
        var rows = new SetRows(trainData, features, label, "training set") { Weight = weight };
        var (train, keptBack) = rows.Read(_head, network, _options, choice.Device, host, validationData is null ? _options.ValidationFraction : null, seed);
        using var trained = train;
        using var validation = validationData is null ? keptBack : ReadValidation(validationData, rows, network, choice.Device, host);
        if (train.Weights is not null)
            HostLog.Weighted(host, _options.ExampleWeightColumnName!, _options.Training.Sampling == Sampling.ByWeight ? "images are drawn" : "the training loss is weighted");
        SetChecks.Shared(train, validation, host);
        SetChecks.Range(train, network, host);
        return Train(_head.Describe(network, train), _head.Labels(label), features, train, validation, choice.Device, host);
    }

    /// <summary>The shape of the schema after training, without reading a row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another kind.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return TrainedShape.Create(inputSchema, _options, _head);
    }

    private ConvNetTransformer Train(
        NetworkSpec network, ClassLabels labels, DataViewSchema.Column features, TrainingImages train, TrainingImages? validation, Device device, TrainingHost host)
    {
        var training = _options.Training with { Seed = _options.Training.Seed ?? host.Seed ?? TrainingOptions.DefaultSeed };
        using var recorder = _options.Inspection is null ? null : new RunRecorder(_options.Inspection with { ClassNames = _options.Inspection.ClassNames ?? labels.KnownNames }, network, host);
        var diagnosis = recorder is null || !_options.Inspection!.Diagnose ? null : new DiagnosisObserver(recorder, _options.Inspection.StopOn, _options.Inspection.Rules, host);
        TrainingObserver[] observers = [host.Cancellation, .. _options.Observers, .. recorder is null ? [] : new[] { recorder }, .. diagnosis is null ? [] : new[] { diagnosis }];
        var module = network.CreateModule(training.Seed.Value);
        try
        {
            if (_options.InitialWeights is { } weights)
                FineTuning.Load(module, network, weights, _options, host);
            if (_options.FreezeUntil is { } last)
                FineTuning.Freeze((SpecNetwork)module, network, last, _options.FrozenPartIsInTrainingMode);
            ModuleMove.To(module, device);
            var result = new Trainer(training, observers, host).Train(module, train, validation, host.Cancellation.Token);
            if (diagnosis?.Stopping is { } finding)
                throw new StoppedByFindingException(finding);
            var columns = _head.Columns(new ConvNetModel(network, module, device, labels) { Decoding = _options.Decoding, Log = new EnvironmentLog(_environment) }, _options.FeatureColumnName, _head.Names(_options.OutputColumns));
            return new ConvNetTransformer(features.Type, columns) { Training = result, RunFolder = recorder?.RunFolder };
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    private NetworkSpec Network(DataViewSchema.Column features, int outputs)
    {
        var network = _options.Network;
        if (network is null)
        {
            try
            {
                return LeNet5.Create(FeatureColumn.ImageShape(features), outputs);
            }
            catch (NetworkException exception)
            {
                throw new ArgumentOutOfRangeException(null, $"LeNet-5 does not fit feature column '{features.Name}': {exception.Message}");
            }
        }

        if (!_head.Accepts(network))
            throw new ArgumentOutOfRangeException(null, $"Network '{network.Name}' is described for {network.Task} with {network.Outputs} output{(network.Outputs == 1 ? "" : "s")}; it cannot be trained for {_head.Words}.");
        if (network.Outputs != outputs)
            throw new ArgumentOutOfRangeException(null, $"Network '{network.Name}' tells {network.ClassCount} classes apart; label column '{_options.LabelColumnName}' has {outputs}.");
        return network;
    }

    private TrainingImages ReadValidation(IDataView data, SetRows training, NetworkSpec network, Device device, TrainingHost host)
    {
        const string Set = "validation set";
        var features = FeatureColumn.Find(data.Schema, training.Features.Name, network.Input, Set);
        var label = _head.FindLabel(data.Schema, training.Label.Name, Set);
        return new SetRows(data, features, label, Set) { Training = training.Label }.Read(_head, network, _options, device, host).All;
    }
}
