using ConvScope.Attribution;
using ConvScope.Inspection;
using ConvScope.Measuring;
using ConvScope.Networks;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

internal sealed class AttributionSamplesTests
{
    private TemporaryFolder _folder = null!;
    private nn.Module<Tensor, Tensor> _network = null!;
    private LabeledImages _train = null!;

    [SetUp]
    public void Create()
    {
        _folder = new TemporaryFolder();
        _network = ToyTraining.Network.CreateModule(1);
        _train = ToyTraining.Images();
    }

    [TearDown]
    public void Free()
    {
        _folder.Dispose();
        _network.Dispose();
        _train.Dispose();
    }

    [Test]
    public void Training_AtItsEnd_KeepsMapsOfThePredictedClassWithTheWrongOnesFirst()
    {
        var arrays = Train(InspectionLevel.Standard);
        Assert.That(arrays.Keys, Is.EquivalentTo(new[]
        {
            "images", "label", "predicted", "probability", "map.Grad-CAM", "deletion.Grad-CAM", "insertion.Grad-CAM", "map.integrated gradients", "deletion.integrated gradients",
            "insertion.integrated gradients", "deletion.random order", "insertion.random order",
        }));
        var count = arrays["label"].Values.Length;
        bool[] isWrong = [.. arrays["label"].Values.Zip(arrays["predicted"].Values, (label, predicted) => label != predicted)];
        Assert.That(isWrong.Count(wrong => wrong), Is.InRange(1, 6));
        Assert.That(isWrong.Count(wrong => !wrong), Is.InRange(1, 6));
        Assert.That(isWrong, Is.EqualTo(isWrong.OrderByDescending(wrong => wrong)));

        using var scope = NewDisposeScope();
        _network.eval();
        var images = tensor(arrays["images"].Values, [count, 1, 8, 8]);
        var predicted = tensor(arrays["predicted"].Values).to(ScalarType.Int64);
        Assert.That(_network.call(images).argmax(1).eq(predicted).all().item<bool>(), Is.True);
        var map = new GradCam().Attribute(_network, images, predicted);
        Assert.That(arrays["map.Grad-CAM"].Values, Is.EqualTo(map.data<float>().ToArray()).Within(1e-5f));
        var scores = Faithfulness.Measure(_network, images, predicted, map, steps: AttributionSamples.ScorePoints);
        Assert.That(arrays["deletion.Grad-CAM"].Values, Is.EqualTo(scores.Select(score => (float)score.Deletion)).Within(1e-5f));
        Assert.That(arrays["insertion.Grad-CAM"].Values, Is.EqualTo(scores.Select(score => (float)score.Insertion)).Within(1e-5f));
    }

    [Test]
    public void Training_AtLevelFull_CoversPixelsToo() => Assert.That(Train(InspectionLevel.Full).Keys, Does.Contain("map.occlusion"));

    [Test]
    public void Training_AtLevelLight_KeepsNone() => Assert.That(Train(InspectionLevel.Light), Is.Empty);

    [Test]
    public void Read_NoImages_IsEmpty()
    {
        using var samples = new AttributionSamples();
        Assert.That(samples.Read(_network, new NetworkVisits(_network), new MulticlassTask(), null, null, thorough: false, new LeftOut()), Is.Empty);
        Assert.That(_network.training, Is.True);
    }

    private Dictionary<string, NamedArray> Train(InspectionLevel level)
    {
        using (var recorder = new RunRecorder(new InspectionOptions(_folder.File("run")) { Level = level, Report = false, Figures = false, Budget = null }, ToyTraining.Network))
            new Trainer(new TrainingOptions { Epochs = 1, BatchSize = 8, LearningRate = 0.02 }, [recorder]).Train(_network, _train);
        using var record = RunRecord.Open(_folder.File("run"));
        return record.ReadSnapshots(SnapshotKind.Attributions).SingleOrDefault()?.ReadArrays().ToDictionary(array => array.Name) ?? [];
    }
}
