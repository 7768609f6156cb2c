using ConvScope.Inspection;
using ConvScope.Native;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests;

/// <summary>A loop of the user's own that is no longer finite goes on; its record has the finding and its log one warning.</summary>
public sealed class NonFiniteScopeTests
{
    private const int Steps = 24;

    private TemporaryFolder _folder = null!;
    private ListLogger _logger = null!;

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [SetUp]
    public void CreateFolder() => (_folder, _logger) = (new TemporaryFolder(), new ListLogger());

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Step_LossThatIsNaN_IsFoundAtItsStepWhateverTheScheduleLeavesOut([Values] InspectionLevel level, [Values] bool diagnoses)
    {
        var options = new InspectionOptions(_folder.File("run")) { Level = level, Diagnose = diagnoses, Schedule = Schedule.Every(10),
            Budget = null };
        Assert.That(Train(options, spoilAfter: 12), Has.Count.EqualTo(Steps), "nobody ended the loop");
        Assert.That(_logger.Warnings, Is.EqualTo(new[] { "The training is no longer finite. The loss of step 13 (epoch 2) is NaN." }));
        Assert.That(Findings(), Is.EqualTo(new[]
        {
            "failure: non-finite, from step 13: The loss of step 13 (epoch 2) is NaN. "
                + "Lower the learning rate, clip gradients, and look for a division by zero or a logarithm of zero.",
        }));
        using var record = RunRecord.Open(_folder.File("run"));
        Assert.That(record.Read(QuantityNames.Loss).Single(reading => reading.Step == 13).Value, Is.NaN);
        Assert.That(record.ReadMetadata()[MetadataNames.Status], Is.EqualTo("ended"));
    }

    [Test]
    public void Step_EveryStepMeasured_FindsItOnce()
    {
        Train(new InspectionOptions(_folder.File("run")) { Schedule = Schedule.Every(1), Budget = null }, spoilAfter: 5);
        Assert.That(Findings(), Has.Count.EqualTo(1));
        Assert.That(_logger.Warnings, Has.Count.EqualTo(1));
    }

    [Test]
    public void StopReason_LossThatIsNaN_IsTheFinding()
    {
        var reasons = new List<Finding?>();
        Train(new InspectionOptions(_folder.File("run")) { StopOn = Severity.Failure, Schedule = Schedule.Every(10) }, spoilAfter: 2,
            scope => reasons.Add(scope.StopReason));
        Assert.That(reasons.FindIndex(reason => reason is not null), Is.EqualTo(3), "at that very step");
        Assert.That(reasons[3]!.Message, Is.EqualTo("The loss of step 3 (epoch 1) is NaN."));
    }

    [Test]
    public void EndEpoch_ValidationLossThatIsInfinite_IsFound()
    {
        Train(new InspectionOptions(_folder.File("run")), spoilAfter: null, validationLoss: double.PositiveInfinity);
        Assert.That(_logger.Warnings,
            Is.EqualTo(new[] { "The training is no longer finite. The validation loss after epoch 1 (step 11) is Infinity." }));
        Assert.That(Findings().Count(finding => finding.StartsWith("failure: non-finite, from step 11: ", StringComparison.Ordinal)),
            Is.EqualTo(1));
    }

    [Test]
    public void Step_NotFinite_IsTheSameLoopToTheLastBit()
    {
        var inspected = Train(new InspectionOptions(_folder.File("run")) { Level = InspectionLevel.Full, Schedule = Schedule.Every(1) },
            spoilAfter: 12);
        Assert.That(inspected, Is.EqualTo(Train(null, spoilAfter: 12)));
    }

    private List<string> Findings()
    {
        using var record = RunRecord.Open(_folder.File("run"));
        return [.. record.ReadFindings().Where(finding => finding.Rule == "non-finite").Select(finding => finding.ToString())];
    }

    private List<float> Train(InspectionOptions? options, int? spoilAfter, Action<Scope>? afterStep = null, double validationLoss = 1)
    {
        using var data = ToyTraining.Images();
        manual_seed(5).Dispose();
        using var module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 3));
        using var optimizer = optim.SGD(module.parameters(), 0.1, 0.9);
        using var floats = data.Images.to(ScalarType.Float32).div_(255);
        using var scope = options is null ? null : Scope.Attach(module, optimizer, options, _logger);
        var losses = new List<float>();
        for (var step = 0; step < Steps; step++)
        {
            using var tensors = NewDisposeScope();
            optimizer.zero_grad();
            var outputs = module.call(floats);
            var loss = nn.functional.cross_entropy(outputs, data.Labels);
            loss.backward();
            optimizer.step();
            if (step == spoilAfter)
                Spoil(module);
            scope?.Step(loss, outputs, data.Labels);
            losses.Add(loss.item<float>());
            if (scope is not null)
                afterStep?.Invoke(scope);
            if (step % 12 == 11)
                scope?.EndEpoch(new Dictionary<string, double> { [QuantityNames.ValidationLoss] = validationLoss });
        }

        Assert.That(scope?.Failure, Is.Null);
        return losses;
    }

    private static void Spoil(nn.Module module)
    {
        using var untracked = no_grad();
        module.named_parameters().First().parameter.fill_(float.NaN);
    }
}
