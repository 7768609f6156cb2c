using ConvScope.Records.Recording;
using ConvScope.Reporting.Curves;

namespace ConvScope.Reporting.Tests.Curves;

public sealed class RunClockTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Of_StepsWithinEpochs_AreFractions()
    {
        var clock = Record([0, 4, 9, 14, 19], stepsPerEpoch: 10);
        Assert.That(clock.Epoch, Is.EqualTo(new[] { 0.1, 0.5, 1, 1.5, 2 }).Within(1e-12), "the last step of an epoch is its end");
    }

    [Test]
    public void Of_AnUnknownLength_TakesTheLastEpochForAsLongAsTheOneBefore()
    {
        var clock = Record([0, 9, 12, 19, 24], stepsPerEpoch: 0);
        Assert.That(clock.Epoch, Is.EqualTo(new[] { 0.1, 1, 1.3, 2, 2.5 }).Within(1e-12));
    }

    [Test]
    public void Of_ARecordWithItsBeginning_KnowsTheTimeOfDay()
    {
        var clock = Record([0, 10], 10, started: "2026-01-02T03:04:05.5000000+00:00");
        Assert.That(clock.Wall, Is.EqualTo(new[] { 1767323045.5, 1767323046.5 }).Within(1e-3));
        Assert.That(Record([0, 10], 10, folder: "other").Wall, Is.Empty);
    }

    [Test]
    public void After_AnEarlierRun_GoesOnFromItsTime()
    {
        var before = Record([0, 9, 19, 29], 10, folder: "before");
        var own = Record([20, 29, 39], 10, folder: "own");
        var clock = own.After(before, 20);
        Assert.That(clock.Step, Is.EqualTo(new[] { 0, 9, 19, 20, 29, 39 }));
        Assert.That(clock.Epoch, Is.EqualTo(new[] { 0.1, 1, 2, 2.1, 3, 4 }).Within(1e-12));
        Assert.That(clock.Seconds, Is.Ordered);
    }

    [Test]
    public void Of_ManySteps_IsThinnedWithFirstAndLast()
    {
        var clock = Record([.. Enumerable.Range(0, 5000)], 100);
        Assert.That(clock.Step, Has.Count.LessThanOrEqualTo(1001));
        Assert.That((clock.Step[0], clock.Step[^1], clock.Epoch[^1]), Is.EqualTo((0, 4999, 50.0)));
    }

    private RunClock Record(int[] steps, int stepsPerEpoch, string? started = null, string folder = "run")
    {
        var metadata = new Dictionary<string, string>();
        if (stepsPerEpoch > 0)
            metadata[MetadataNames.StepsPerEpoch] = $"{stepsPerEpoch}";
        if (started is not null)
            metadata[MetadataNames.Started] = started;
        using (var writer = new RunRecordWriter(_folder.File(folder), metadata, exception => Assert.Fail(exception.Message)))
        {
            foreach (var step in steps)
                writer.Append(new StepReadings(step, step / 10 % 1000 + 1 is var epoch && stepsPerEpoch > 10 ? step / stepsPerEpoch + 1 : epoch, 0.1 * step, [(new Series("loss", "", "nats"), step)]));
        }

        using var record = RunRecord.Open(_folder.File(folder));
        return RunClock.Of(record);
    }
}
