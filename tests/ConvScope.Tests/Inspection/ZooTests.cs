using ConvScope.Native;
using ConvScope.Records.Recording;
using ConvScope.Zoo;

namespace ConvScope.Tests.Inspection;

/// <summary>The short form of the zoo: some faults and some healthy trainings, on drawn images. All of it runs with <c>./build.sh --target=Diagnose</c>.</summary>
[Category("Slow")]
public sealed class ZooTests
{
    private ImageData _data = null!;

    private static readonly string[] _faults =
    [
        "learning rate too small", "weights all zero", "units copied", "dead ReLU", "missing nonlinearity", "softmax before the cross-entropy", "summed loss", "inputs not scaled",
        "scales that are addresses", "scales that are counters", "scales that are text", "scales that are NaN", "NaN in the images", "labels shuffled", "class imbalance", "layer not trained", "images not shuffled",
    ];

    private static readonly string[] _healthy = ["LeNet-5, SGD 0.01", "LeNet-5, Adam", "normalised, SGD 0.02", "group normalisation", "group normalisation with a few scales that decayed", "wide and sparse"];

    [OneTimeSetUp]
    public void DrawImages()
    {
        TorchRuntime.Load();
        _data = ImageData.Drawn(7);
    }

    [OneTimeTearDown]
    public void FreeImages()
    {
        _data.Images.Dispose();
        _data.Labels.Dispose();
    }

    [TestCaseSource(nameof(_faults))]
    public void Diagnosis_OfAFault_NamesItWithinTwoHundredSteps(string name)
    {
        var result = Run(Faults.All.Single(one => one.Name == name), steps: 200);
        Assert.That(result.IsRight, result.Rules);
        Assert.That(result.FirstAlarm, Is.LessThanOrEqualTo(200));
    }

    [TestCaseSource(nameof(_healthy))]
    public void Diagnosis_OfAHealthyTraining_RaisesNoAlarm(string name)
    {
        var result = Run(Healthy.All.Single(one => one.Name == name), steps: 300);
        Assert.That(result.Accuracy, Is.GreaterThan(0.9));
        Assert.That(result.IsAlarmed, Is.False, result.Rules);
    }

    private ZooResult Run(Case one, int steps)
    {
        using var folder = new TemporaryFolder();
        var result = ZooTraining.Run(one with { Recipe = one.Recipe with { Steps = steps } }, _data, seed: 3, folder.File("run"));
        using var record = RunRecord.Open(folder.File("run"));
        Assert.That(record.ReadFindings().Select(finding => (finding.Rule, finding.Target, finding.Severity, finding.Message)),
            Is.EquivalentTo(result.Findings.Select(finding => (finding.Rule, finding.Target, finding.Severity, finding.Message))), "the record has them all");
        return result;
    }
}
