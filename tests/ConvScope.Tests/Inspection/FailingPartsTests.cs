using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Diagnosis;
using ConvScope.Records.Recording;
using ConvScope.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

/// <summary>One quantity or rule after the other fails on purpose: each costs itself, is named with its step and reason, and the training is the same.</summary>
public sealed class FailingPartsTests
{
    private static readonly double[] _losses = Train(null, out _);

    private static IEnumerable<string> Quantities => Groups().SelectMany(group => group.Scalars.Select(quantity => quantity.Name).Concat(group.Histograms.Select(histogram => histogram.Name)));

    private static IEnumerable<string> Rules => DefaultRules.All.Select(rule => rule.Name);

    [Test]
    public void Train_QuantityThatFails_CostsItself([ValueSource(nameof(Quantities))] string name)
    {
        using var folder = new TemporaryFolder();
        var groups = Groups().Select(group => group with
        {
            Scalars = [.. group.Scalars.Select(quantity => quantity.Name == name ? new FailingQuantity(quantity) : quantity)],
            Histograms = [.. group.Histograms.Select(histogram => histogram.Name == name ? new FailingHistogram(histogram) : histogram)],
        });
        Assert.That(Train(new InspectionOptions(folder.File("run")) { Groups = [.. groups], Budget = null }, out _), Is.EqualTo(_losses));
        var summary = RunSummary.FromRecord(folder.File("run"));
        Assert.That(summary.Status, Is.EqualTo("completed"));
        Assert.That(summary.LeftOut, Is.EqualTo(new[] { new LeftOutPart($"the quantity '{name}'", 0, "It fails on purpose.") }));
        using var record = RunRecord.Open(folder.File("run"));
        var others = Quantities.Except([name, QuantityNames.DeadUnits]).ToList();
        var series = record.ReadSeries().Select(one => one.Quantity).ToHashSet();
        Assert.That(others.Count(series.Contains), Is.GreaterThan(others.Count - 6), "all others that this training has");
        Assert.That(series, Does.Not.Contain(name));
        Assert.That(File.Exists(folder.File("run/report.html")), Is.True);
    }

    [Test]
    public void Train_RuleThatFails_CostsItself([ValueSource(nameof(Rules))] string name)
    {
        using var folder = new TemporaryFolder();
        var rules = DefaultRules.All.Select(rule => rule.Name == name ? new FailingRule(rule) : rule).ToList();
        Assert.That(Train(new InspectionOptions(folder.File("run")) { Schedule = Schedule.Every(1), PreChecks = true, Budget = null, Rules = rules, Figures = false, Report = false }, out var asked), Is.EqualTo(_losses));
        var summary = RunSummary.FromRecord(folder.File("run"));
        Assert.That(summary.Status, Is.EqualTo("completed"));
        Assert.That(summary.LeftOut?.Select(part => (part.Part, part.Reason)) ?? [], Is.EqualTo(((FailingRule)rules.Single(rule => rule is FailingRule)).WasAsked
            ? [($"the rule '{name}'", "It fails on purpose.")]
            : Array.Empty<(string, string)>()));
        Assert.That(asked, Is.GreaterThan(0));
    }

    private static IReadOnlyList<QuantityGroup> Groups() => [.. InspectionLevels.Groups(InspectionLevel.Full).Select(group => group with { Schedule = Schedule.Every(1) })];

    private static double[] Train(InspectionOptions? options, out long steps)
    {
        using var network = ToyImages.Network.CreateModule(1);
        using var data = ToyImages.Create(20);
        using var recorder = options is null ? null : new RunRecorder(options, ToyImages.Network);
        TrainingObserver[] observers = recorder is null ? [] : [recorder, new DiagnosisObserver(recorder, rules: options!.Rules)];
        var result = new Trainer(new TrainingOptions { Epochs = 2, BatchSize = 8, Seed = 3 }, observers).Train(network, data, data);
        steps = result.Steps;
        return [.. result.Epochs.Select(epoch => epoch.TrainLoss)];
    }

    private sealed class FailingQuantity(Quantity quantity) : Quantity(quantity.Name, quantity.Unit)
    {
        public override IEnumerable<(string Target, Tensor Value)> Measure(StepContext context) => throw new InvalidOperationException("It fails on purpose.");
    }

    private sealed class FailingHistogram(HistogramQuantity histogram) : HistogramQuantity(histogram.Name)
    {
        public override IEnumerable<(string Target, Tensor Values)> Select(StepContext context) => throw new InvalidOperationException("It fails on purpose.");
    }

    private sealed class FailingRule(Rule rule) : Rule(rule.Name, rule.Quantity, rule.Persistence)
    {
        public bool WasAsked { get; private set; }

        public override IEnumerable<Signal> Check(History history)
        {
            WasAsked = true;
            throw new InvalidOperationException("It fails on purpose.");
        }
    }
}
