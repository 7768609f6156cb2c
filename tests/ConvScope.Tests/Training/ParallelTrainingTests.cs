using ConvScope.Inspection;
using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>Trainings that run beside each other in one process draw nothing of each other: each is the same to the bit as alone.</summary>
public sealed class ParallelTrainingTests
{
    private static readonly NetworkSpec _dropout = new("dropout", new Shape(1, 8, 8), Normalization.Centred(1),
        [new FlattenLayer("flatten"), new LinearLayer("fc1", 32), new ReluLayer("relu"), new DropoutLayer("dropout", 0.5), new LinearLayer("fc2", 3)]);

    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Train_SeveralAtOnce_AreTheSameAsAlone([Values(2, 4)] int count, [Values] bool isDescribed)
    {
        manual_seed(77).Dispose();
        using var before = random.get_rng_state();
        var alone = Enumerable.Range(0, count).Select(index => Train(index, isDescribed, null)).ToList();
        using var folder = new TemporaryFolder();
        var together = new string[count];
        var threads = Enumerable.Range(0, count).Select(index => new Thread(() => together[index] = Train(index, isDescribed, folder.File("run")))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.That(together, Is.EqualTo(alone));
        using var after = random.get_rng_state();
        Assert.That(after.bytes.SequenceEqual(before.bytes), "the caller's random state is as it was");
    }

    private static string Train(int index, bool isDescribed, string? run)
    {
        using var data = ToyImages.Create(96);
        using var network = _dropout.CreateModule(1);
        using nn.Module<Tensor, Tensor> trained = isDescribed ? network : new OfMyOwn(network);
        var recorder = run is null ? null : new RunRecorder(new InspectionOptions(run) { Schedule = Schedule.Every(2), Budget = null, Figures = false, Report = false });
        var options = new TrainingOptions { Epochs = 3, BatchSize = 8, Seed = index / 2 }; // two with the same seed
        var result = new Trainer(options, recorder is null ? [] : [recorder]).Train(trained, data, data);
        return string.Join(' ', result.Epochs.Select(epoch => epoch.TrainLoss.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Draws more than dropout does.</summary>
    private sealed class OfMyOwn : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _inner;

        public OfMyOwn(nn.Module<Tensor, Tensor> inner)
            : base("mine")
        {
            _inner = inner;
            register_module("inner", inner);
        }

        public override Tensor forward(Tensor input) => _inner.call(input).add(randn(1), alpha: 0.01f);
    }
}
