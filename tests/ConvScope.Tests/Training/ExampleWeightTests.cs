using ConvScope.Augmentation;
using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training;
using ConvScope.Training.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>Images that count differently: in the loss, or by how often they are drawn.</summary>
public sealed class ExampleWeightTests
{
    private static readonly LearningTask[] _tasks = [new MulticlassTask(), new BinaryTask(), new RegressionTask(2, 3)];

    [TestCaseSource(nameof(_tasks))]
    public void Loss_OfWholeWeights_IsThatOfRepeatedImages(LearningTask task)
    {
        using var scope = NewDisposeScope();
        float[] weights = [1, 3, 0, 2];
        long[] repeated = [0, 1, 1, 1, 3, 3];
        var outputs = randn([4, task is MulticlassTask ? 3 : 1]);
        var labels = task is RegressionTask ? tensor([1f, 5f, -2f, 0f]) : tensor([0L, 1L, 1L, 0L]);
        var rows = tensor(repeated);
        foreach (var (smoothing, classes) in new (double, Tensor?)[] { (0, null), (0.1, null), (0, tensor([0.5f, 2f, 1f])) })
        {
            if (task is RegressionTask && (smoothing > 0 || classes is not null))
                continue;
            var factors = task is BinaryTask ? classes?.narrow(0, 0, 2) : classes;
            var weighted = task.Loss(outputs, labels, smoothing, factors, tensor(weights)).item<float>();
            var expected = task.Loss(outputs.index_select(0, rows), labels.index_select(0, rows), smoothing, factors).item<float>();
            Assert.That(weighted, Is.EqualTo(expected).Within(1e-5));
        }
    }

    [Test]
    public void Loss_OfWeightsThatAreAllZero_IsZero()
    {
        using var scope = NewDisposeScope();
        Assert.That(new MulticlassTask().Loss(randn([2, 3]), tensor([0L, 1L]), weights: zeros(2)).item<float>(), Is.Zero);
    }

    [Test]
    public void MixUp_OfWeightedImages_MixesTheirWeights()
    {
        using var scope = NewDisposeScope();
        var batch = ImageAugmentation.Apply([new MixUp()], new AugmentedBatch(zeros(4, 1, 2, 2), tensor([0L, 1L, 2L, 3L])) { Weights = tensor([1f, 2f, 3f, 4f]) }, 1, 1);
        Assert.That(batch.MixedWeights!.data<float>(), Is.EqualTo(batch.MixedLabels!.data<long>().Select(label => label + 1f)));
    }

    [Test]
    public void Train_EqualWeights_IsAsWithout()
    {
        var (plain, weighted) = (Train(null, new TrainingOptions()), Train([2, 2, 2, 2, 2, 2, 2, 2, 2, 2], new TrainingOptions()));
        Assert.That(weighted.Epochs[^1].TrainLoss, Is.EqualTo(plain.Epochs[^1].TrainLoss).Within(1e-5));
    }

    [Test]
    public void Draw_ByWeight_TakesEachByItsShareAndNeverWhatWeighsNothing()
    {
        using var images = Images([0, 1, 3, 0, 0, 0, 0, 0, 0, 0]);
        var order = DrawnOrder.Of(Sampling.ByWeight, images)!;
        using var generator = new Generator(1);
        var rows = Enumerable.Range(0, 400).SelectMany(_ => order.Next(generator)).CountBy(row => row).ToDictionary();
        Assert.That(rows.Keys, Is.EquivalentTo(new[] { 1, 2 }));
        Assert.That(rows[2] / 4000.0, Is.EqualTo(0.75).Within(0.03));
    }

    [Test]
    public void Draw_Balanced_TakesEachClassAlike()
    {
        using var images = Images(null); // 2 of class 0, 8 of class 1
        var order = DrawnOrder.Of(Sampling.Balanced, images)!;
        using var generator = new Generator(1);
        var rows = Enumerable.Range(0, 400).SelectMany(_ => order.Next(generator)).ToArray();
        Assert.That(rows.Count(row => row < 2) / 4000.0, Is.EqualTo(0.5).Within(0.03));
        Assert.That(rows.Distinct().Count(), Is.EqualTo(10));
    }

    [Test]
    public void Train_Drawn_IsTheSameForTheSameSeed()
    {
        var options = new TrainingOptions { Sampling = Sampling.Balanced };
        var (first, second) = (Train(null, options), Train(null, options));
        Assert.That(second.Epochs[^1].TrainLoss, Is.EqualTo(first.Epochs[^1].TrainLoss));
        Assert.That(() => Train(null, new TrainingOptions { Sampling = Sampling.ByWeight }), Throws.ArgumentException.With.Message.EqualTo("Images cannot be drawn by weight: the training set has no weights."));
    }

    private static LabeledImages Images(float[]? weights)
    {
        var images = LabeledImages.Create([.. Enumerable.Range(0, 160).Select(value => (byte)value)], [0, 0, 1, 1, 1, 1, 1, 1, 1, 1], new Shape(1, 4, 4));
        images.Weights = weights;
        return images;
    }

    private static TrainingResult Train(float[]? weights, TrainingOptions options)
    {
        using var images = Images(weights);
        random.manual_seed(1);
        using var network = nn.Sequential(("flatten", nn.Flatten()), ("linear", nn.Linear(16, 2)));
        using var scaled = new Scaled(network);
        return new Trainer(options with { Epochs = 2, BatchSize = 4 }).Train(scaled, images);
    }

    private sealed class Scaled : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _inner;

        public Scaled(nn.Module<Tensor, Tensor> inner)
            : base(nameof(Scaled))
        {
            _inner = inner;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _inner.call(input.to(ScalarType.Float32).div(255));
    }
}
