using ConvScope.Inspection;
using ConvScope.Native;
using ConvScope.Networks.Weights;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests;

/// <summary>A loop of the user's own, with a network that is not described with our layers.</summary>
public sealed class ScopeTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Step_OwnLoopAndNetwork_GivesTheRecordThatOurTrainerGives()
    {
        using var folder = new TemporaryFolder();
        Train(folder.File("mine"), out _);

        using var record = RunRecord.Open(folder.File("mine"));
        var loss = record.Read(QuantityNames.Loss);
        Assert.That(loss.Select(reading => reading.Step), Is.EqualTo(Enumerable.Range(0, 24).Select(step => (long)step)));
        Assert.That(loss[^1].Value, Is.LessThan(loss[0].Value));
        var series = record.ReadSeries().Select(entry => (entry.Quantity, entry.Target)).ToArray();
        Assert.That(series, Does.Contain((QuantityNames.GradientNorm, "0.weight")).And.Contains((QuantityNames.UpdateRatio, "4.bias"))
            .And.Contains((QuantityNames.OutputMean, "1")).And.Contains((QuantityNames.OutputGradientNorm, "0")).And.Contains((QuantityNames.OutputSaturation, "5"))
            .And.Contains((QuantityNames.LearningRate, "")).And.Contains((QuantityNames.Accuracy, "")).And.Contains((QuantityNames.WeightHistogram, "0.weight")));
        Assert.That(record.Read(QuantityNames.Accuracy), Has.Count.EqualTo(loss.Count), "also when the probe set is full");
        Assert.That(record.ReadMetadata()[MetadataNames.Status], Is.EqualTo("ended"));
        Assert.That(record.ReadSnapshots(SnapshotKind.Activations).Single().ReadArrays().Select(array => array.Name), Is.EqualTo(new[] { "input", "0", "1", "2", "3", "4", "5", "6" }));
        Assert.That(record.ReadSnapshots(SnapshotKind.Gradients).Single().ReadArrays().Select(array => array.Name), Does.Contain("4.weight"));
    }

    [Test]
    public void Step_EveryLevel_LeavesTheLossesAsTheyAre([Values] InspectionLevel level)
    {
        using var folder = new TemporaryFolder();
        var plain = Train(null, out var weights);
        var inspected = Train(folder.File("run"), out var itsWeights, level);
        Assert.That(inspected, Is.EqualTo(plain));
        Assert.That(itsWeights, Is.EqualTo(weights));
    }

    [Test]
    public void Dispose_AfterATraining_LeavesNoTensorAndNoHook()
    {
        using var folder = new TemporaryFolder();
        Train(folder.File("first"), out _);
        Assert.That(NativeTensors.LeftBehindBy(() => Train(folder.File("second"), out _)), Is.Zero);
    }

    [Test]
    public void Step_NetworkThatFailsInEvaluation_CostsWhatNeedsItAndOneWarning()
    {
        using var folder = new TemporaryFolder();
        using var data = ToyTraining.Images();
        using var module = new OnlyTrains();
        using var optimizer = optim.SGD(module.parameters(), 0.1);
        var logger = new ListLogger();
        using var scope = Scope.Attach(module, optimizer, new InspectionOptions(folder.File("run")) { Schedule = Schedule.Every(1), Budget = null }, logger);
        for (var step = 0; step < 3; step++)
        {
            using var tensors = NewDisposeScope();
            optimizer.zero_grad();
            var outputs = module.call(data.Images);
            var loss = nn.functional.cross_entropy(outputs, data.Labels);
            loss.backward();
            optimizer.step();
            scope.Step(loss, outputs, data.Labels);
        }

        scope.EndEpoch();
        scope.Dispose();
        Assert.That(scope.Failure, Is.Null);
        Assert.That(logger.Warnings.Where(line => !line.StartsWith("Finding", StringComparison.Ordinal)), Is.EqualTo(new[] { "The inspection leaves the layers' outputs out from now on; the rest of it and the training go on. This network does not evaluate." }));
        Assert.That(logger.Lines, Has.Some.Contains("leaves feature maps out").And.Some.Contains("leaves attribution out"), "the others that fail for the same reason");
        Assert.That(module.training, Is.True, "its mode is restored");
        Assert.That(module.named_modules().Select(pair => pair.module.training), Has.All.True);
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.Read(QuantityNames.Loss), Has.Count.EqualTo(3));
        Assert.That(record.ReadSnapshots(SnapshotKind.Weights), Has.Count.EqualTo(2));
        Assert.That(record.ReadSnapshots(SnapshotKind.Gradients), Has.Count.EqualTo(1));
        Assert.That(record.ReadMetadata()[MetadataNames.Status], Is.EqualTo("ended"));
    }

    private static List<float> Train(string? folder, out List<float[]> weights, InspectionLevel level = InspectionLevel.Full)
    {
        using var data = ToyTraining.Images();
        manual_seed(5).Dispose();
        using var module = Network();
        using var optimizer = optim.SGD(module.parameters(), 0.1, 0.9);
        using var floats = data.Images.to(ScalarType.Float32).div_(255);
        using var scope = folder is null ? null : Scope.Attach(module, optimizer, new InspectionOptions(folder) { Schedule = Schedule.Every(1), Level = level, Budget = null });
        var losses = new List<float>();
        for (var step = 0; step < 24; step++)
        {
            using var tensors = NewDisposeScope();
            optimizer.zero_grad();
            var outputs = module.call(floats);
            var loss = nn.functional.cross_entropy(outputs, data.Labels);
            loss.backward();
            optimizer.step();
            scope?.Step(loss, outputs, data.Labels);
            losses.Add(loss.item<float>());
        }

        scope?.EndEpoch();
        scope?.Dispose();
        Assert.That(scope?.Failure, Is.Null);
        Assert.That(Hooks.On(module), Is.Zero);
        weights = ModuleState.Read(module).ConvertAll(array => array.Values);
        return losses;
    }

    private static nn.Module<Tensor, Tensor> Network()
    {
        using var scope = NewDisposeScope(); // the initialisation of TorchSharp's Conv2d leaves a tensor to the finalizer
        var network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 8), nn.Tanh(), nn.Linear(8, 3));
        foreach (var parameter in network.parameters())
            parameter.DetachFromDisposeScope();
        return network;
    }

    private sealed class OnlyTrains : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _fc = nn.Linear(64, 3);
        private readonly nn.Module<Tensor, Tensor> _dropout = nn.Dropout(0.1);

        public OnlyTrains()
            : base("only trains") => RegisterComponents();

        public override Tensor forward(Tensor input) => training
            ? _fc.call(_dropout.call(input.to(ScalarType.Float32).reshape(input.shape[0], -1)))
            : throw new InvalidOperationException("This network does not evaluate.");
    }
}
