using System.Text.RegularExpressions;

namespace ConvScope.ML.Tests;

/// <summary>
/// What the sources may say of devices. On a GPU a tensor that is made without a device lies in the wrong place, and a value that is
/// read, or an ordinary copy, waits for all that the GPU was given before.
/// </summary>
public sealed partial class DeviceRulesTests
{
    /// <summary>Where values are read from a device, how often, and when that is.</summary>
    private static readonly Dictionary<string, (int Count, string When)> _reads = new()
    {
        ["Training/RunningTotals.cs"] = (1, "once an epoch: the one wait of the loop"),
        ["Training/WorstMistakes.cs"] = (1, "once an epoch, for the validation set"),
        ["Training/ClassWeighting.cs"] = (2, "the labels, once before the first update, where classes are weighted"),
        ["Training/Images/DrawnOrder.cs"] = (2, "labels once a training, and a seed that is drawn on the CPU once an epoch"),
        ["Training/Images/LabeledImages.cs"] = (1, "the set's checksum, before the first step, where somebody records it"),
        ["Training/Images/StreamedImages.cs"] = (1, "a number that was drawn on the CPU, once an epoch"),
        ["Networks/TaskTensors.cs"] = (1, "the largest label, once before the first update"),
        ["Scoring/TorchEngine.cs"] = (1, "predictions, which go to the host"),
        ["Augmentation/Draws.cs"] = (1, "a number that was drawn on the CPU"),
        ["Measuring/HostCopy.cs"] = (1, "once a measured step"),
        ["Measuring/DeadUnits.cs"] = (1, "where dead units are looked for: after 1, 2, 4, … batches of the probe set"),
        ["Measuring/DataChecks.cs"] = (6, "once in a training, of its data"),
        ["Measuring/PreChecks.cs"] = (2, "once in a training, where it is asked for"),
        ["Measuring/InitialValues.cs"] = (2, "once, before the first step"),
        ["Measuring/NetworkVisits.cs"] = (1, "once, after the first visit of a network that may write its parameters"),
        ["Measuring/OutputFacts.cs"] = (7, "once, at the first step of a loop that does not say what it learns"),
        ["Native/Kernels/KernelCheck.cs"] = (2, "when libtorch is loaded, on the CPU"),
        ["Training/NonFinite/LossWatch.cs"] = (2, "the number of the first step that was not finite, every few steps on a GPU"),
        ["Training/NonFinite/NonFiniteSearch.cs"] = (1, "when a training is no longer finite"),
        ["Networks/Weights/NonFiniteWeights.cs"] = (2, "where weights are saved or loaded, once an epoch"),
        ["Networks/Weights/ModuleState.cs"] = (1, "snapshots, once an epoch"),
        ["Networks/Weights/ModuleWeights.cs"] = (1, "checkpoints, once an epoch"),
        ["Attribution/Faithfulness.cs"] = (1, "outside the loop"),
        ["Attribution/IntegratedGradients.cs"] = (1, "outside the loop"),
        ["Inspection/AttributionSamples.cs"] = (3, "once, when the training is over"),
        ["Heads/RegressionHead.cs"] = (1, "the labels of a regression, before its network is described"),
    };

    /// <summary>Where tensors are sent to a device in another way than by Upload, which does not wait.</summary>
    private static readonly Dictionary<string, (int Count, string When)> _copies = new()
    {
        ["Training/Images/LabeledImages.cs"] = (4, "a few images to look at, after an epoch"),
        ["Training/Images/StreamedImages.cs"] = (1, "a few images to look at, after an epoch"),
        ["Training/Images/StreamedBatches.cs"] = (1, "on the CPU, where Upload has nothing to do"),
        ["Training/Saving/TrainingCheckpoint.cs"] = (1, "when a training is resumed"),
        ["Native/ModuleMove.cs"] = (1, "a network, before it is trained"),
        ["Networks/SpecNetwork.cs"] = (1, "a network's constants, with the network"),
        ["Inspection/AttributionSamples.cs"] = (3, "once, when the training is over, and the labels of mistakes after an epoch"),
        ["Training/ClassWeighting.cs"] = (2, "the weights of classes, before the first update"),
        ["Scoring/TorchEngine.cs"] = (1, "images to predict, to where the network lies"),
        ["Measuring/OutputFacts.cs"] = (1, "the labels of a loop that keeps them elsewhere, at a measured step"),
        ["Native/Upload.cs"] = (2, "Upload itself"),
    };

    /// <summary>Where tensors are made on the CPU because an array in host memory is behind them.</summary>
    private static readonly string[] _hostMemory = ["Training/Images/LabeledImages.cs", "Training/Images/StreamedImages.cs",
        "Training/Images/StreamedBatches.cs", "Training/Images/ResidentBatches.cs", "Scoring/TorchEngine.cs"];

    private static readonly (string Path, string Text)[] _sources = [.. Sources()];

    [Test]
    public void Sources_AreFound() => Assert.That(_sources.Select(source => source.Path), Has.Member("Training/Trainer.cs")
        .And.Member("Scoring/TorchEngine.cs"));

    [Test]
    public void Factories_NameADevice()
    {
        var violations = from source in _sources
                         from Match match in Factory().Matches(source.Text)
                         let arguments = Arguments(source.Text, match.Index + match.Length)
                         where !PlaceNamed().IsMatch(arguments)
                         select $"{source.Path}: {match.Value}{arguments})";
        Assert.That(violations, Is.Empty);
    }

    [Test]
    public void ArraysInHostMemory_BecomeTensorsWhereTheyAreSent() => Assert.That(
        _sources.Where(source => source.Text.Contains("from_array(", StringComparison.Ordinal) || HostFactory().IsMatch(source.Text))
            .Select(source => source.Path), Is.EquivalentTo(_hostMemory));

    [Test]
    public void Reads_FromADevice_AreTheKnownOnes() => Assert.That(Counted(Read()),
        Is.EquivalentTo(_reads.Select(entry => (entry.Key, entry.Value.Count))));

    [Test]
    public void Copies_ToADevice_AreTheKnownOnes() => Assert.That(Counted(Copy()),
        Is.EquivalentTo(_copies.Select(entry => (entry.Key, entry.Value.Count))));

    private static IEnumerable<(string Path, int Count)> Counted(Regex pattern) => _sources.Where(source => source.Path.Contains('/'))
        .Select(source => (source.Path, pattern.Count(source.Text))).Where(entry => entry.Item2 > 0);

    [GeneratedRegex(
        @"(?<![\w.])(zeros|ones|empty|full|tensor|arange|linspace|logspace|eye|rand|randn|randint|randperm|normal|complex|polar"
        + @"|bernoulli|multinomial)\(")]
    private static partial Regex Factory();

    [GeneratedRegex(@"(?<![\w.])(frombuffer|as_tensor)\(")]
    private static partial Regex HostFactory();

    [GeneratedRegex(@"\b(CPU|device|_device|Device)\b")]
    private static partial Regex PlaceNamed();

    [GeneratedRegex(
        @"\.item<|\.cpu\(\)|\.nonzero\(|\bbincount\(|\.masked_select\(|\.unique\(|\.ToSingle\(\)|\.ToDouble\(\)|\.ToInt32\(\)"
        + @"|\.ToInt64\(\)|cuda\.synchronize|\.to\(CPU")]
    private static partial Regex Read();

    [GeneratedRegex(@"\.to\((?:[\w.]+, )?[\w.]*\b[dD]evice\b|(?<![\w.])tensor\((?!.*device: CPU)")]
    private static partial Regex Copy();

    /// <summary>The text up to the parenthesis that closes.</summary>
    private static string Arguments(string text, int start)
    {
        var depth = 1;
        var end = start;
        for (; depth > 0; end++)
            depth += text[end] switch { '(' => 1, ')' => -1, _ => 0 };
        return text[start..(end - 1)];
    }

    private static IEnumerable<(string Path, string Text)> Sources()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ConvScope.slnx")))
            root = root.Parent ?? throw new InvalidOperationException($"No ConvScope.slnx above '{AppContext.BaseDirectory}'.");
        foreach (var project in new[] { "src/ConvScope", "src/ConvScope.ML" })
        {
            var folder = Path.Combine(root.FullName, project);
            foreach (var file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            {
                var code = File.ReadLines(file).Select(line => line.TrimStart().StartsWith("///", StringComparison.Ordinal)
                    ? "" : Comment().Replace(line, ""));
                yield return (Path.GetRelativePath(folder, file).Replace('\\', '/'), string.Join('\n', code));
            }
        }
    }

    [GeneratedRegex(@"\s//\s.*$")]
    private static partial Regex Comment();
}
