using ConvScope.Records.Checkpoints;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>What is written is read back the same; that PyTorch reads it is seen with Debian's python3-torch.</summary>
public sealed class CheckpointWriteTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("odd_tensors.pth")]
    [TestCase("odd_tensors_legacy.pth")]
    public void Write_EveryTypeAndView_ReadsBackTheSameValues(string name)
    {
        using var original = Checkpoint.Open(PyTorchFixtures.File(name));
        Checkpoint.Write(_folder.File("copy.pth"), original.Root);
        using var copy = Checkpoint.Open(_folder.File("copy.pth"));
        Assert.That(copy.Tensors.Select(tensor => tensor.ToString()), Is.EqualTo(original.Tensors.Select(tensor => tensor.ToString())));
        foreach (var (a, b) in original.Tensors.Zip(copy.Tensors))
            Assert.That(b.ReadBytes(), Is.EqualTo(a.ReadBytes()), a.Name);
    }

    [Test]
    public void Write_PlainValues_ReadBackTheSame()
    {
        var root = new Dictionary<string, object?>
        {
            ["null"] = null,
            ["truth"] = true,
            ["int"] = -7L,
            ["long"] = long.MinValue,
            ["float"] = Math.PI,
            ["text"] = "naïve – 深い",
            ["tuple"] = new object?[] { 1L, 2L },
            ["list"] = new List<object?> { "a", new Dictionary<object, object?> { [3L] = false } },
        };
        Checkpoint.Write(_folder.File("f"), root);
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        var read = (IReadOnlyDictionary<object, object?>)checkpoint.Root!;
        Assert.That(read.Keys, Is.EqualTo(root.Keys));
        foreach (var key in root.Keys.Take(7))
            Assert.That(read[key], Is.EqualTo(root[key]), key);
        Assert.That(((IReadOnlyDictionary<object, object?>)((IReadOnlyList<object?>)read["list"]!)[1]!)[3L], Is.False);
    }

    [Test]
    public void Write_SameValues_GivesTheSameBytes()
    {
        using var original = Checkpoint.Open(PyTorchFixtures.File("lenet_zip.pth"));
        Checkpoint.Write(_folder.File("a"), original.Root);
        Checkpoint.Write(_folder.File("b"), original.Root);
        Assert.That(File.ReadAllBytes(_folder.File("b")), Is.EqualTo(File.ReadAllBytes(_folder.File("a"))));
    }

    [Test]
    public void Write_AValueThatNoCheckpointHolds_SaysSoAndLeavesNothing()
    {
        Assert.That(() => Checkpoint.Write(_folder.File("f"), new Dictionary<string, object?> { ["x"] = DateTime.UnixEpoch }), Throws.ArgumentException.With.Message.Contain("System.DateTime"));
        Assert.That(Directory.EnumerateFiles(_folder.Path), Is.Empty);
    }
}
