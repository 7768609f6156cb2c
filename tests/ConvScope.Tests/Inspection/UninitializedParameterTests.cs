using ConvScope.Inspection;
using ConvScope.Measuring;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

/// <summary>
/// What is found before the first step in a network with group normalisation, whose values TorchSharp leaves as the memory was: here they
/// are filled in.
/// </summary>
public sealed class UninitializedParameterTests
{
    private static readonly float[] _addresses = [3.67E+37f, 4.57E-41f, 1.14E-11f, 3.07E-41f, 3.84E-12f, 3.07E-41f, 0, 0];
    private static readonly float[] _counters = [0, 0, 0, 0, 1.4E-45f, 0, 8.41E-45f, 0];

    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Attach_MemoryAsItWas_FindsModuleValuesAndCureBeforeTheFirstStep()
    {
        using var network = Grouped(weight: _addresses, bias: _counters);
        using (var record = RunRecord.Open(Attached(network, out var findings)))
        {
            Assert.That(findings.Select(finding => finding.ToString()), Is.EqualTo(new[]
            {
                "failure: uninitialized parameter in 1.weight, from step 0: 1.weight of GroupNorm '1' holds values that nobody set: from 3.07E-41 to 3.67E+37 in magnitude, 50 % of those that are not zero denormal. "
                    + "Set it before the training: init.ones_(1.weight). TorchSharp's GroupNorm leaves weight and bias as their memory was.",
                "warning: uninitialized parameter in 1.bias, from step 0: 1.bias of GroupNorm '1' holds values that nobody set: from 1.4E-45 to 8.41E-45 in magnitude, 100 % of those that are not zero denormal. "
                    + "Set it before the training: init.zeros_(1.bias). TorchSharp's GroupNorm leaves weight and bias as their memory was.",
            }));
            Assert.That(record.ReadFindings().Select(finding => finding.Target), Is.EqualTo(new[] { "1.weight", "1.bias" }));
        }
    }

    [Test]
    public void Attach_NotANumber_SaysHowMany()
    {
        using var network = Grouped(weight: [1, float.NaN, 1, 1, float.NegativeInfinity, 1, 1, 1]);
        Attached(network, out var findings);
        Assert.That(findings.Single().Message, Is.EqualTo("1.weight of GroupNorm '1' holds values that nobody set: 2 of them NaN or infinite, the others 1 in magnitude."));
        Assert.That(findings.Single().Severity, Is.EqualTo(Severity.Failure));
    }

    [Test]
    public void Attach_ParameterOfANetworkOfOnesOwn_IsNamedToo()
    {
        using var network = new Scaled(_addresses);
        Attached(network, out var findings);
        Assert.That(findings.Single().Message, Does.StartWith("scale of Scaled holds values that nobody set"));
        Assert.That(findings.Single().Advice, Is.EqualTo("Set it before the training: init.ones_(scale) if it scales, init.zeros_(scale) if it is added."));
    }

    [TestCase(0f, TestName = "zeros, which memory may have held as well")]
    [TestCase(1e-5f, TestName = "small scales")]
    [TestCase(1e-41f, 1f, 1f, 1f, 1f, 1f, 1f, 1f, TestName = "one that decayed")]
    [TestCase(1e12f, 1e12f, TestName = "large, all alike")]
    [TestCase(-0.7f, 3f, 0f, 250f, TestName = "usual")]
    public void Attach_ValuesThatSomebodyMayHaveSet_AreNoFinding(params float[] values)
    {
        using var network = Grouped(weight: values, bias: values);
        Attached(network, out var findings);
        Assert.That(findings, Is.Empty);
    }

    [Test]
    public void Attach_NetworkWhoseNormalisationHasSeenBatches_MayHoldWeightsThatDecayed()
    {
        using var trained = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.Flatten(), nn.Linear(288, 3));
        using (var images = rand(4, 1, 8, 8))
            trained.call(images).Dispose();
        Fill(trained.get_parameter("1.weight")!, [1, 1e-41f, 1e-41f, 1]);
        Attached(trained, out var findings);
        Assert.That(findings, Is.Empty);
    }

    [Test]
    public void Attach_FrozenMask_IsNoFinding()
    {
        using var network = new Scaled([0, 0, float.NegativeInfinity, float.NegativeInfinity, 0, 0, 0, 0]);
        network.get_parameter("scale")!.requires_grad = false;
        Attached(network, out var findings);
        Assert.That(findings, Is.Empty);
    }

    [TestCase("lenet5", 1, 28)]
    [TestCase("resnet18", 3, 32)]
    [TestCase("mobilenet_v2", 3, 32)]
    [TestCase("squeezenet1_1", 3, 64)]
    public void Attach_NetworkOfTheZoo_IsNoFinding(string name, int channels, int side)
    {
        using var network = NetworkZoo.Create(name, 10, new Shape(channels, side, side)).CreateModule(1);
        Attached(network, out var findings);
        Assert.That(findings, Is.Empty);
    }

    [Test]
    public void Train_StopOnFailure_EndsBeforeTheFirstStep()
    {
        using var network = Grouped(weight: _addresses);
        using var data = ToyImages.Create(24);
        using var recorder = new RunRecorder(new InspectionOptions(_folder.File("run")));
        var diagnosis = new DiagnosisObserver(recorder, Severity.Failure);
        var result = new Trainer(new TrainingOptions(), [recorder, diagnosis]).Train(network, data);
        var reason = diagnosis.Stopping!;
        Assert.That((reason.Rule, reason.Target, result.Outcome, result.Steps), Is.EqualTo(("uninitialized parameter", "1.weight", TrainingOutcome.Stopped, 0L)));
        Assert.That(result.StopReason, Is.EqualTo(reason.ToString()));
        Assert.That(RunSummary.Read(_folder.File("run")).Reason, Is.EqualTo(reason.ToString()));
        using var record = RunRecord.Open(_folder.File("run"));
        Assert.That(record.Read(QuantityNames.Loss), Is.Empty);
    }

    [Test]
    public void Train_Resumed_MayHoldWeightsThatDecayed()
    {
        using var network = Grouped(weight: _counters);
        var weights = ModuleState.Read(network);
        Assert.That(Quantities(isResumed: true), Does.Not.Contain(QuantityNames.InitialDenormals));
        Assert.That(Quantities(isResumed: false), Does.Contain(QuantityNames.InitialDenormals));

        IEnumerable<string> Quantities(bool isResumed) => InitialValues.Measure(network, weights, isResumed).Select(found => found.Quantity);
    }

    private string Attached(nn.Module<Tensor, Tensor> network, out IReadOnlyCollection<Finding> findings)
    {
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        using var scope = Scope.Attach(network, optimizer, _folder.File("run"));
        findings = scope.Findings;
        Assert.That(scope.Failure, Is.Null);
        return _folder.File("run");
    }

    private static nn.Module<Tensor, Tensor> Grouped(float[]? weight = null, float[]? bias = null)
    {
        var norm = nn.GroupNorm(2, 8);
        Fill(norm.weight, weight ?? [1]);
        Fill(norm.bias!, bias ?? [0]);
        return nn.Sequential(nn.Conv2d(1, 8, 3), norm, nn.Flatten(), nn.Linear(288, 3));
    }

    private static void Fill(Tensor parameter, float[] values)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var places = Enumerable.Range(0, (int)parameter.NumberOfElements);
        parameter.copy_(tensor([.. places.Select(place => values[place % values.Length])]).reshape(parameter.shape));
    }

    private sealed class Scaled : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter scale = nn.Parameter(empty(8));
        private readonly nn.Module<Tensor, Tensor> conv = nn.Conv2d(1, 8, 3);

        public Scaled(float[] values)
            : base("Scaled")
        {
            RegisterComponents();
            Fill(scale, values);
        }

        public override Tensor forward(Tensor input) => conv.call(input).mul(scale.reshape(1, 8, 1, 1)).mean([2, 3]);
    }
}
