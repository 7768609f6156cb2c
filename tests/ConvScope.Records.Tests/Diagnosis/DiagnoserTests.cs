using ConvScope.Records.Diagnosis;
using ConvScope.Records.Diagnosis.Rules;
using ConvScope.Records.Recording;

namespace ConvScope.Records.Tests.Diagnosis;

/// <summary>How signals become findings; rules on readings made by hand.</summary>
public sealed class DiagnoserTests
{
    [Test]
    public void Observe_SignalThatPersists_BecomesOneFindingWithItsFirstStep()
    {
        var diagnoser = new Diagnoser([new WhereNegative(persistence: 3)]);
        var news = Feed(diagnoser, QuantityNames.Loss, 1, -1, 1, -1, -1, -1, -1);
        Assert.That(news.Select(finding => (finding.Rule, finding.Severity, finding.FirstStep, finding.Step)), Is.EqualTo(new[] { ("where negative", Severity.Warning, 10L, 40L) }));
        Assert.That(diagnoser.Findings, Is.EqualTo(news));
    }

    [Test]
    public void Observe_SignalThatComesAndGoes_IsNoFinding() =>
        Assert.That(Feed(new Diagnoser([new WhereNegative(persistence: 3)]), QuantityNames.Loss, 1, -1, 1, 1, -1, 1, 1, -1, 1, 1), Is.Empty);

    [Test]
    public void Observe_SignalThatGetsWorse_IsToldAgainOnceAndKeepsItsFirstStep()
    {
        var diagnoser = new Diagnoser([new WhereNegative(persistence: 1)]);
        var news = Feed(diagnoser, QuantityNames.Loss, -1, -1, -100, -100, -1);
        Assert.That(news.Select(finding => (finding.Severity, finding.FirstStep, finding.Step)), Is.EqualTo(new[] { (Severity.Warning, 0L, 0L), (Severity.Failure, 0L, 20L) }));
        Assert.That(diagnoser.Findings.Single().Severity, Is.EqualTo(Severity.Failure));
    }

    [Test]
    public void Observe_ReadingsOfOtherQuantities_DoNotMakeARuleLook() =>
        Assert.That(Feed(new Diagnoser([new WhereNegative(persistence: 1)]), QuantityNames.Accuracy, -1, -1), Is.Empty);

    [Test]
    public void NonFinite_LossThatIsNotANumber_IsAFailureAtOnceWithTheLastFiniteLoss()
    {
        var finding = Feed(new Diagnoser(), QuantityNames.Loss, 2.3, 1.9, double.NaN).Single();
        Assert.That((finding.Rule, finding.Severity, finding.Step), Is.EqualTo(("non-finite", Severity.Failure, 20L)));
        Assert.That(finding.Message, Is.EqualTo("The loss is NaN; it was 1.9 at step 10."));
        Assert.That(finding.Evidence.Single(), Is.EqualTo(new Evidence(QuantityNames.Loss, "", 20, double.NaN)));
    }

    [Test]
    public void Observe_WhatTheTrainingItselfFound_IsAFindingThatItsRuleDoesNotRepeat()
    {
        var diagnoser = new Diagnoser();
        Feed(diagnoser, QuantityNames.Loss, 2.3, 1.9);
        var told = new Finding("non-finite", Severity.Failure, "conv2", 17, 17, "The loss of step 17 (epoch 1) is NaN.",
            "Lower the learning rate.");
        Assert.That(diagnoser.Observe(new StepReadings(17, 1, 0, []) { Finding = told }), Is.EqualTo(new[] { told }));
        Assert.That(diagnoser.Observe(new StepReadings(20, 1, 0, [(new Series(QuantityNames.Loss, "", "1"), double.NaN)])), Is.Empty);
        Assert.That(diagnoser.Observe(new StepReadings(30, 1, 0, []) { Finding = told }), Is.Empty, "it is told once");
        Assert.That(diagnoser.Findings, Is.EqualTo(new[] { told }));
    }

    [Test]
    public void Observe_WhatTheTrainingFoundAfterTheRuleDid_KeepsTheFirstStep()
    {
        var diagnoser = new Diagnoser();
        Feed(diagnoser, QuantityNames.Loss, 2.3, double.NaN);
        var told = new Finding("non-finite", Severity.Failure, "", 32, 32, "The weights after epoch 1 (step 32) are not finite.", "");
        Assert.That(diagnoser.Observe(new StepReadings(32, 1, 0, []) { Finding = told }).Single(),
            Is.EqualTo(told with { FirstStep = 10 }));
        Assert.That(diagnoser.Findings, Has.Count.EqualTo(1));
    }

    [TestCase(0.02, 0.3, "All weights of fc.weight start with the same value, 0.")]
    [TestCase(1036, 208066, null)]
    public void ConstantInitialization_NormThatIsTheDistance_SaysNothingWhereTheFirstUpdateDrownsAnyStart(double spread, double norm,
        string? expected)
    {
        (string Quantity, double Value)[] values = [(QuantityNames.UnitSimilarity, 0.5), (QuantityNames.WeightStandardDeviation, spread),
            (QuantityNames.WeightMean, spread / 5),
            (QuantityNames.WeightNorm, norm), (QuantityNames.DistanceFromInitialization, norm)];
        var findings = new Diagnoser([new ConstantInitializationRule()])
            .Observe(new StepReadings(0, 1, 0, [.. values.Select(value => (new Series(value.Quantity, "fc.weight", "1"), value.Value))]));
        Assert.That(findings.SingleOrDefault()?.Message, Is.EqualTo(expected));
    }

    [Test]
    public void InitialLoss_SumOverTheBatch_IsNamedAsSuch()
    {
        var diagnoser = new Diagnoser { Facts = new RunFacts { ClassCount = 10, ClassesOfLoss = 10, BatchSize = 64 } };
        var finding = Feed(diagnoser, QuantityNames.Loss, 147.4, 147).Single();
        Assert.That((finding.Rule, finding.Step), Is.EqualTo(("loss at initialization", 0L)));
        Assert.That(finding.Message, Is.EqualTo("The first loss is 147; a network that knows nothing has ln 10 = 2.3. Divided by the batch's 64 images it is 2.3: the loss is summed, not averaged."));
    }

    [Test]
    public void Observe_HealthyLoss_FindsNothing() => Assert.That(
        Feed(new Diagnoser { Facts = new RunFacts { ClassCount = 10, ClassesOfLoss = 10, BatchSize = 64 } }, QuantityNames.Loss, [.. Enumerable.Range(0, 200).Select(step => 2.3 * Math.Exp(-step / 40.0) + 0.05 * (step % 3))]), Is.Empty);

    [Test]
    public void MissingNonlinearity_LayersInARow_NamesTheSecond()
    {
        var diagnoser = new Diagnoser
        {
            Facts = new RunFacts { Layers = [new("input", "input", false), new("conv", "Conv2d", true), new("norm", "BatchNorm2d", true), new("flatten", "Flatten", true), new("fc", "Linear", true)] },
        };
        Assert.That(Feed(diagnoser, QuantityNames.OutputMean, 0).Single().Message, Is.EqualTo("Between conv and fc there is nothing that is not linear."));
    }

    [Test]
    public void MissingNonlinearity_FunctionBetweenThatIsNoModule_IsNoFinding()
    {
        var diagnoser = new Diagnoser { Facts = new RunFacts { Layers = [new("input", "input", false), new("fc1", "Linear", true), new("fc2", "Linear", false)] } };
        Assert.That(Feed(diagnoser, QuantityNames.OutputMean, 0), Is.Empty);
    }

    [TestCase(QuantityNames.SharedImages, 0.002, 0.03, "warning: shared images, from step 0: 3.0 % of the validation images are in the training set too, pixel for pixel. Split the data so that no image is in both sets.")]
    [TestCase(QuantityNames.OneBatchAccuracy, 1, 0.5, "warning: one batch, from step 0: After 200 steps on one batch of 32 images only 50 % of them are classified right. Look for labels that contradict each other, missing gradients, or a network that is too small.")]
    [TestCase(QuantityNames.InputDependence, 0.01, 0, "failure: input dependence, from step 0: The outputs are the same for all images. Follow the images through the network: where do the layers' outputs become constant?")]
    [TestCase(QuantityNames.BatchMixing, 1e-6, 0.2, "failure: batch mixing, from step 0: The outputs for an image change by 20.0 % of the largest output when the rest of its batch changes. Look for a reshape or transpose that mixes the batch axis with another.")]
    public void Check_MeasuredOnce_FindsWhatIsWrongAndNothingElse(string quantity, double healthy, double broken, string finding)
    {
        Assert.That(Feed(new Diagnoser(), quantity, healthy), Is.Empty);
        Assert.That(Feed(new Diagnoser(), quantity, broken).Single().ToString(), Is.EqualTo(finding));
    }

    [Test]
    public void ToString_OfAFinding_IsOneLine() => Assert.That(
        new Finding("dead units", Severity.Failure, "relu1", 32, 57, "92 % of the units of relu1 are active for none of the images that were looked at.", "Lower the learning rate.").ToString(),
        Is.EqualTo("failure: dead units in relu1, from step 32: 92 % of the units of relu1 are active for none of the images that were looked at. Lower the learning rate."));

    /// <summary>Feeds one series, a reading every ten steps, and gives what was new.</summary>
    private static List<Finding> Feed(Diagnoser diagnoser, string quantity, params double[] values) =>
        [.. values.SelectMany((value, index) => diagnoser.Observe(new StepReadings(index * 10, 1, index, [(new Series(quantity, "", "1"), value)])))];

    private sealed class WhereNegative(int persistence) : Rule("where negative", QuantityNames.Loss, persistence)
    {
        public override IEnumerable<Signal> Check(History history)
        {
            var value = history.Find(QuantityNames.Loss)!.Last.Value;
            if (value < 0)
                yield return new Signal("", value < -10 ? Severity.Failure : Severity.Warning, Text($"It is {value}."), "Nothing.");
        }
    }
}
