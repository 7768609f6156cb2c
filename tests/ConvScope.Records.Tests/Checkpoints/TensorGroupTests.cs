using ConvScope.Records.Checkpoints;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>Which dictionary of a checkpoint is taken for the network's, and what is said of the others.</summary>
public sealed class TensorGroupTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Open_WeightsBesideALoss_TakesTheWeights()
    {
        using var checkpoint = Written(new() { ["loss"] = Tensor(), ["weights"] = Network(3), ["best_acc"] = Tensor() });
        Assert.That(checkpoint.Taken, Is.EqualTo(new TensorGroup("weights", false, 2, 12)));
        Assert.That(checkpoint.Others, Is.EqualTo(new[] { new TensorGroup("", false, 2, 2) }));
        Assert.That(checkpoint.Tensors.Select(tensor => tensor.Name), Is.EqualTo(new[] { "fc.weight", "fc.bias" }));
    }

    [Test]
    public void Open_TwoNetworks_TakesTheLargerAndNamesTheOther()
    {
        using var checkpoint = Written(new() { ["netD"] = Network(2), ["netG"] = Network(5), ["optG"] = Optimizer() });
        Assert.That(checkpoint.Taken!.Key, Is.EqualTo("netG"));
        Assert.That(checkpoint.Others.Select(other => other.ToString()), Is.EqualTo(new[] { "'netD' (2 tensors, 6 values)", "the optimizer 'optG' (3 tensors, 201 values)" }));
        Assert.That(checkpoint.StateDict("netD"), Has.Count.EqualTo(2));
        Assert.That(checkpoint.StateDict("optG.state.0").Select(tensor => tensor.Name), Is.EqualTo(new[] { "step", "exp_avg", "exp_avg_sq" }));
    }

    [Test]
    public void Open_OptimizerAlone_GivesAllOfIt()
    {
        using var checkpoint = Written(Optimizer());
        Assert.That(checkpoint.Taken!.IsOptimizer, Is.True);
        Assert.That(checkpoint.Tensors.Select(tensor => tensor.Name), Is.EqualTo(new[] { "state.0.step", "state.0.exp_avg", "state.0.exp_avg_sq" }));
    }

    [Test]
    public void Open_UsualNameBesideALargerDictionary_TakesTheUsualName()
    {
        using var checkpoint = Written(new() { ["cache"] = Network(50), ["state_dict"] = Network(2) });
        Assert.That(checkpoint.Taken!.Key, Is.EqualTo("state_dict"));
    }

    [Test]
    public void StateDict_KeyWithDotsInIt_IsFound()
    {
        using var checkpoint = Written(new() { ["a"] = new Dictionary<string, object?> { ["b.c"] = Network(2) } });
        Assert.That(checkpoint.StateDict("a.b.c"), Has.Count.EqualTo(2));
    }

    private Checkpoint Written(Dictionary<string, object?> root)
    {
        Checkpoint.Write(_folder.File("f"), root);
        return Checkpoint.Open(_folder.File("f"));
    }

    private static StoredTensor Tensor(params long[] shape) => StoredTensor.Of(new NamedArray("", shape, new float[shape.Aggregate(1L, (product, length) => product * length)]));

    private static Dictionary<string, object?> Network(long size) => new() { ["fc.weight"] = Tensor(size, size), ["fc.bias"] = Tensor(size) };

    private static Dictionary<string, object?> Optimizer() => new()
    {
        ["state"] = new Dictionary<object, object?> { [0L] = new Dictionary<string, object?> { ["step"] = Tensor(), ["exp_avg"] = Tensor(10, 10), ["exp_avg_sq"] = Tensor(10, 10) } },
        ["param_groups"] = new List<object?>(),
    };
}
