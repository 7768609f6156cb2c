using System.Text.Json;
using ConvScope.Inspection;
using ConvScope.Native;
using ConvScope.Networks.Weights;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

/// <summary>Loops as people write them are inspected to their end, and are the same to the bit; nothing is said of classes that nobody knows.</summary>
public sealed class UsersLoopTests
{
    private static readonly string[] _ofClasses =
        ["loss at initialization", "stagnation", "slow learning", "double softmax", "output activation", "class imbalance", "unrelated labels", "not shuffled", "overtraining", "one batch", "input scale"];

    private static readonly Dictionary<string, string> _leftOut = new()
    {
        ["a loss each image"] = "the loss",
        ["forward in place of call"] = "the layers",
    };

    private static readonly HashSet<string> _withClasses =
    [
        "classes", "images of several sizes", "labels that are left out", "labels left out by another number", "labels of 32 bits", "labels of 8 bits", "batches that are gathered", "a class each pixel", "rows of numbers",
        "signals", "volumes", "words", "two inputs", "outputs in a dictionary", "a layer without a gradient", "complex weights", "evaluation mode", "a module used twice", "a batch of one",
    ];

    private static IEnumerable<string> Names => UsersLoops.All.Keys;

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Step_LoopAsPeopleWriteIt_IsInspectedToItsEndAndUntouched([ValueSource(nameof(Names))] string name, [Values(InspectionLevel.Light, InspectionLevel.Standard, InspectionLevel.Full)] InspectionLevel level)
    {
        using var folder = new TemporaryFolder();
        var plain = Train(name, null, out _);
        var inspected = Train(name, new InspectionOptions(folder.File("run")) { Level = level, Schedule = Schedule.Every(1), Budget = null, Figures = level == InspectionLevel.Full, Report = level == InspectionLevel.Full }, out var scope);
        Assert.That(inspected, Is.EqualTo(plain));
        Assert.That(scope!.Failure, Is.Null);
        Assert.That(scope.Failures.Select(part => part.Part), Is.EqualTo(_leftOut.TryGetValue(name, out var part) ? [part] : Array.Empty<string>()), string.Join("; ", scope.Failures));
        Assert.That(scope.Findings.Select(finding => finding.Rule), Has.None.AnyOf([.. _withClasses.Contains(name) ? _ofClasses.Except(["unrelated labels"]) : _ofClasses])); // random images do not say their class

        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.ReadMetadata()[MetadataNames.Status], Is.EqualTo("ended"));
        Assert.That(record.Read(QuantityNames.Loss), Has.Count.EqualTo(name == "a loss each image" ? 0 : 6));
        var series = record.ReadSeries();
        Assert.That(series.Where(one => one.Quantity == QuantityNames.GradientNorm), Is.Not.Empty);
        Assert.That(record.Read(QuantityNames.Accuracy), Has.Count.EqualTo(_withClasses.Contains(name) || name is "values of actions" or "a loss each image" or "outputs in a tuple" or "forward in place of call" ? 6 : 0));
        if (level > InspectionLevel.Light && name != "forward in place of call")
        {
            Assert.That(series.Where(one => one.Quantity == QuantityNames.OutputMean).Select(one => one.Target).ToList(), Has.Count.GreaterThan(1));
            Assert.That(record.ReadSnapshots(SnapshotKind.Activations), Is.Not.Empty);
        }
    }

    [Test]
    public void Layers_OfEveryKind_HaveNamesAndKindsOnce()
    {
        Assert.That(Layers("words"), Is.EqualTo(new[] { ("input", "input"), ("embedding", "Embedding"), ("lstm", "LSTM"), ("head", "Linear") }));
        Assert.That(Layers("volumes").Select(layer => layer.Kind), Does.Contain("Conv3d").And.Contain("BatchNorm3d"));
        Assert.That(Layers("a module used twice"), Is.EqualTo(new[] { ("input", "input"), ("first", "Linear"), ("first:2", "Linear"), ("head", "Linear") }));
        Assert.That(Layers("two inputs").Select(layer => layer.Name), Is.EqualTo(new[] { "input", "conv", "head" }));
    }

    [Test]
    public void Snapshot_ComplexWeights_HasBothParts()
    {
        using var folder = new TemporaryFolder();
        Train("complex weights", new InspectionOptions(folder.File("run")), out _);
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.ReadSnapshots()[0].ReadArrays().Select(array => array.Name), Is.EqualTo(new[] { "filter.real", "filter.imag", "head.weight", "head.bias" }));
    }

    private static (string Name, string Kind)[] Layers(string loop)
    {
        using var folder = new TemporaryFolder();
        Train(loop, new InspectionOptions(folder.File("run")) { Schedule = Schedule.Every(1), Budget = null }, out _);
        using var record = RunRecord.Open(folder.File("run"));
        return [.. JsonSerializer.Deserialize<LayerFact[]>(record.ReadMetadata()[MetadataNames.Layers], JsonSerializerOptions.Web)!.Select(layer => (layer.Name, layer.Kind))];
    }

    private static string Train(string name, InspectionOptions? options, out Scope? scope)
    {
        manual_seed(7).Dispose();
        Scope? attached = null;
        var (losses, network) = UsersLoops.All[name]((module, optimizer) => attached = options is null ? null : Scope.Attach(module, optimizer, options));
        scope = attached;
        using (network)
        {
            return string.Join(' ', losses.Select(loss => loss.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))
                + string.Join(' ', ModuleState.Read(network).Select(array => $"{array.Name} {Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(array.Values))}"));
        }
    }
}
