using ConvScope.Native;
using ConvScope.Networks;
using ConvScope.Records.Checkpoints;
using ConvScope.Training;
using ConvScope.Training.Optimization;
using ConvScope.Training.Saving;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>
/// The states of random generators in a checkpoint. Generators of the CPU stand for those of GPUs, which are read and set in the same
/// way.
/// </summary>
public sealed class TrainingCheckpointTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder()
    {
        TorchRuntime.Load();
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void LoadState_OfATrainingOnAGpu_GivesItsGeneratorBack()
    {
        using var scope = NewDisposeScope();
        using var gpu = new Generator(3);
        rand([4], generator: gpu);
        var state = gpu.get_state();
        Write(gpu);
        rand([4], generator: gpu);
        Assert.That(Load(gpu), "the file has the state");
        Assert.That(gpu.get_state().bytes.SequenceEqual(state.bytes));
    }

    [Test]
    public void LoadState_OfATrainingOnTheCpu_LeavesTheGpusGenerator()
    {
        using var scope = NewDisposeScope();
        using var gpu = new Generator(3);
        var state = gpu.get_state();
        Write(null);
        Assert.That(Load(gpu), Is.False, "as files of before there was one");
        Assert.That(gpu.get_state().bytes.SequenceEqual(state.bytes));
    }

    [Test]
    public void LoadState_OfATrainingOnAGpuForTheCpu_LeavesItOut()
    {
        using var gpu = new Generator(3);
        Write(gpu);
        Assert.That(Load(null));
    }

    [TestCaseSource(nameof(Optimizers))]
    public void LoadState_OfANetworkOnAnotherDevice_PutsStateBesideItsParameter(OptimizerSpec optimizer)
    {
        var options = new TrainingOptions { Optimizer = optimizer, WeightAverage = 0.9, EarlyStopping = new EarlyStopping() };
        using var trained = ToyTraining.Network.CreateModule(1);
        using var images = ToyTraining.Images();
        new Trainer(options with { Epochs = 1, Checkpoints = new CheckpointOptions(_folder.Path) }).Train(trained, images, images);

        using var network = ToyTraining.Network.CreateModule(1);
        network.to(META);
        using var updates = new Updates(network, options, 1);
        using var shuffle = new Generator(9);
        using var file = TrainingCheckpoint.Open(_folder.Path);
        file.LoadState(updates, new TrainingGenerators(shuffle));
        var states = ((OptimizerHelper)updates.Optimizer).state_dict().State.SelectMany(state => optimizer.Read(state)).ToArray();
        Assert.That(states.Select(entry => entry.Value).OfType<Tensor>().Select(tensor => tensor.device_type), Is.Not.Empty
            .And.All.EqualTo(DeviceType.META));
        Assert.That(states.Where(entry => entry.Key == "step").Select(entry => entry.Value),
            Has.All.EqualTo(2L)); // a number of the host, as TorchSharp wants it
    }

    private static IEnumerable<OptimizerSpec> Optimizers => [new SgdOptimizer(), new AdamOptimizer(), new AdamWOptimizer(),
        new RmsPropOptimizer { Momentum = 0.5 }];

    private void Write(Generator? gpu)
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var updates = new Updates(network, new TrainingOptions(), 1);
        using var shuffle = new Generator(1);
        Checkpoint.Write(_folder.File("epoch-001.pth"), TrainingCheckpoint.Describe(network, updates, new TrainingGenerators(shuffle, gpu),
            [new EpochMetrics(1, 2, 1, 0.5, null, null, 1)], 1, new TrainingOptions(), TrainingOrigin.Create()));
    }

    private bool Load(Generator? gpu)
    {
        using var network = ToyTraining.Network.CreateModule(1);
        using var updates = new Updates(network, new TrainingOptions(), 1);
        using var shuffle = new Generator(9);
        using var file = TrainingCheckpoint.Open(_folder.Path);
        file.LoadState(updates, new TrainingGenerators(shuffle, gpu));
        return file.HasGpuState;
    }
}
