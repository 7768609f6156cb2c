using ConvScope.Measuring;
using ConvScope.Quantities;
using ConvScope.Quantities.Batch;
using ConvScope.Quantities.Layers;

namespace ConvScope.Tests.Measuring;

/// <summary>What an inspection may spend, by a clock that the test moves.</summary>
public sealed class InspectionLedgerTests
{
    private static readonly Worth[] _bestFirst = [Worth.FirstReadings, Worth.End, Worth.Checks, Worth.FirstLooks, Worth.Later];

    private ManualTime _time = null!;

    [SetUp]
    public void StartClock() => _time = new ManualTime();

    [Test]
    public void Affords_NoBudget_Everything()
    {
        var ledger = Trained(new InspectionLedger(null, steps: 10, time: _time), steps: 1);
        Assert.That(_bestFirst.Select(worth => ledger.Affords(1e9, worth)), Is.All.True);
        Assert.That(ledger.PerStep, Is.EqualTo(double.PositiveInfinity));
    }

    [Test]
    public void Affords_AShortTraining_CutsWhatIsWorthLeastFirst()
    {
        var ledger = Trained(new InspectionLedger(0.02, steps: 1000, time: _time), steps: 10); // 10 s in all, so 0.15 s without the quarter that nobody asks for
        Assert.That(_bestFirst.Select(worth => ledger.Affords(0.14, worth)), Is.EqualTo(new[] { true, true, false, false, false }));
        Assert.That(_bestFirst.Select(worth => ledger.Affords(0.07, worth)), Is.EqualTo(new[] { true, true, true, false, false }));
        Assert.That(_bestFirst.Select(worth => ledger.Affords(0.16, worth)), Is.All.False);
    }

    [Test]
    public void Affords_WhatWasSpent_IsGone()
    {
        var ledger = Trained(new InspectionLedger(0.02, steps: 1000, time: _time), steps: 10);
        ledger.Time("checks", () => _time.Pass(0.1));
        Assert.That((ledger.Seconds, ledger.Last("checks")), Is.EqualTo((0.1, 0.1)).Within(1e-6));
        Assert.That(ledger.Affords(0.1, Worth.FirstReadings), Is.False);
        Assert.That(ledger.Affords(0.05, Worth.FirstReadings), Is.True);
    }

    [Test]
    public void Ask_RefusedAndGranted_SaysWhatWasCutAndHowOften()
    {
        var ledger = Trained(new InspectionLedger(0.02, steps: 1000, time: _time), steps: 10);
        ledger.Ask("feature maps", 5, Worth.Later);
        ledger.Ask("feature maps", 0.001, Worth.Later);
        ledger.Ask("checks", 5, Worth.Checks);
        ledger.Cut("attribution of 4 of 12 images");
        Assert.That(ledger.Cuts, Is.EqualTo(new[] { "feature maps, 1 of 2 times", "checks", "attribution of 4 of 12 images" }));
    }

    [Test]
    public void Affords_AReserveForTheEnd_IsKeptFromWhatComesBefore()
    {
        var ledger = Trained(new InspectionLedger(0.02, steps: 1000, time: _time), steps: 999);
        Assert.That(ledger.Affords(0.14, Worth.Later), Is.True);
        ledger.Reserve(0.04);
        Assert.That(ledger.Affords(0.14, Worth.Later), Is.False);
        Assert.That(ledger.Affords(0.14, Worth.End), Is.True);
    }

    [TestCase(0.17, true)]
    [TestCase(0.19, false)]
    [TestCase(1, false)]
    public void Affords_ASmallPieceOfTheEnd_TakesWhatIsKeptButNotMore(double spent, bool affords)
    {
        var ledger = Trained(new InspectionLedger(0.02, steps: 1000, time: _time), steps: 1000);
        ledger.Time("layers", () => _time.Pass(spent));
        Assert.That((ledger.Affords(0.014, Worth.End), ledger.Affords(0.1, Worth.End), ledger.Affords(0.014, Worth.Later)), Is.EqualTo((affords, false, false)));
    }

    [Test]
    public void SecondsPerStep_FirstStepsThatCompile_CountAsTwiceTheFastest()
    {
        var ledger = Trained(new InspectionLedger(0.02, steps: 1000, time: _time), steps: 3);
        _time.Pass(0.5);
        ledger.StepMade(3);
        Assert.That(ledger.SecondsPerStep, Is.EqualTo(0.02).Within(1e-6));
    }

    [Test]
    public void PerStep_KnownLength_SharesWhatIsLeftAmongTheStepsThatAreLeft()
    {
        var ledger = Trained(new InspectionLedger(0.02, steps: 1000, time: _time), steps: 500);
        Assert.That(ledger.PerStep, Is.EqualTo(0.15 / 500).Within(1e-6));
        ledger.Time("layers", () => _time.Pass(0.075));
        Assert.That(ledger.PerStep, Is.EqualTo(0.075 / 500).Within(1e-4), "the time that it took counts as training too");
        ledger.Time("layers", () => _time.Pass(1));
        Assert.That(ledger.PerStep, Is.Zero);
    }

    [Test]
    public void PerStep_UnknownLength_IsTheBudgetsShareOfAStep()
    {
        var ledger = Trained(new InspectionLedger(0.02, time: _time), steps: 5000);
        Assert.That(ledger.PerStep, Is.EqualTo(0.015 * 0.01).Within(1e-6));
    }

    [Test]
    public void Over_AStoppedTraining_IsMeasuredByWhatItCameTo()
    {
        var ledger = Trained(new InspectionLedger(0.02, steps: 1_000_000, time: _time), steps: 10);
        Assert.That(ledger.Affords(1, Worth.End), Is.True, "while it is to go on");
        ledger.Over();
        Assert.That(ledger.Affords(1, Worth.End), Is.False);
    }

    [Test]
    public void SecondsPerStep_AFirstStepThatCompiles_IsNotTakenForTheOthers()
    {
        var ledger = new InspectionLedger(0.02, steps: 1000, time: _time);
        _time.Pass(0.8);
        ledger.StepMade(0);
        Assert.That(ledger.SecondsPerStep, Is.EqualTo(0.008).Within(1e-6));
        Train(ledger, 1, 11);
        Assert.That(ledger.SecondsPerStep, Is.EqualTo(0.01).Within(1e-6));
    }

    [Test]
    public void Affords_BeforeTheFirstStep_WhatIsAskedFor() =>
        Assert.That(new InspectionLedger(0.02, steps: 10, time: _time).Affords(0.001, Worth.FirstLooks), Is.True);

    [Test]
    public void IsDue_FirstLookThatSpentEverything_LeavesTheBatchsOwnNumbers()
    {
        var ledger = Trained(new InspectionLedger(0.02, time: _time), steps: 2); // 5,000 steps are assumed: 0.9 s
        ledger.Time("layers", () => _time.Pass(5));
        var batch = Clock("batch", new BatchLoss());
        var layers = Clock("layers", new OutputMean());
        foreach (var clock in new[] { batch, layers })
        {
            clock.Add(0, 0.001);
            clock.Add(1, 0.0001);
        }

        Assert.That((batch.IsDue(2, 0, ledger), layers.IsDue(2, 0, ledger)), Is.EqualTo((true, false)), "in the first steps");
        Assert.That((batch.IsDue(300, 0, ledger), layers.IsDue(300, 0, ledger)), Is.EqualTo((true, false)), "and later");
    }

    [Test]
    public void Open_Nested_CountsOnce()
    {
        var ledger = new InspectionLedger(0.02, time: _time);
        using (ledger.Open())
        {
            _time.Pass(0.1);
            ledger.Time("part", () => _time.Pass(0.2));
        }

        Assert.That(ledger.Seconds, Is.EqualTo(0.3).Within(1e-6));
    }

    [Test]
    public void Open_WorkThatFails_StopsTheClock()
    {
        var ledger = new InspectionLedger(0.02, time: _time);
        Assert.That(() => ledger.Time("part", () => throw new InvalidOperationException()), Throws.InvalidOperationException);
        _time.Pass(5);
        Assert.That(ledger.Seconds, Is.Zero);
    }

    private static GroupClock Clock(string name, Quantity quantity) => new(new QuantityGroup(name, Schedule.Every(1), 0.15) { Scalars = [quantity] });

    private InspectionLedger Trained(InspectionLedger ledger, long steps)
    {
        Train(ledger, 0, steps);
        return ledger;
    }

    private void Train(InspectionLedger ledger, long first, long end)
    {
        for (var step = first; step < end; step++)
        {
            _time.Pass(0.01);
            ledger.StepMade(step);
        }
    }
}
