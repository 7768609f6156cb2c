using System.Numerics;
using System.Text;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Pickle;
using ConvScope.Records.Files;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>What is no tensor may be anything: it is kept as the pickle says it, written back, and told where Python's call may do harm. The pickles are Python's own, of one dictionary in every protocol.</summary>
public sealed class InertObjectTests
{
    [Test]
    public void Read_EveryProtocol_KeepsWhatItDoesNotKnow([Range(0, 5)] int protocol)
    {
        var root = Read(protocol, out var calls);
        Assert.Multiple(() =>
        {
            Assert.That(((InertObject)root["ns"]!).ClassName, Is.EqualTo("argparse.Namespace"));
            Assert.That(((IReadOnlyDictionary<object, object?>)((InertObject)root["ns"]!).State!)["lr"], Is.EqualTo(0.1));
            Assert.That(((InertObject)root["dd"]!).Entries["a"], Is.EqualTo(1L));
            Assert.That(((InertObject)root["dq"]!).ClassName, Is.EqualTo("collections.deque"));
            Assert.That(((InertObject)root["dt"]!).ClassName, Is.EqualTo("datetime.datetime"));
            Assert.That(root["path"]!.ToString(), Does.Contain("PurePosixPath(\"/\", \"a\", \"b\")").Or.Contain("PurePosixPath(\"/a/b\")"));
            Assert.That(root["mode"]!.ToString(), Is.EqualTo("mine.Mode(1)"));
            Assert.That(((InertObject)root["pt"]!).ClassName, Is.EqualTo("mine.Point"));
            var thing = (InertObject)root["thing"]!;
            Assert.That(thing.ClassName, Is.EqualTo("mine.Thing"));
            Assert.That(((IReadOnlyDictionary<object, object?>)thing.State!)["me"], Is.SameAs(thing));
            Assert.That(thing.ToString(), Has.Length.LessThan(500));
            Assert.That(root["by"], Is.EqualTo(new byte[] { 0xff, 0 }));
            Assert.That(root["big"], Is.EqualTo(BigInteger.One << 80));
            Assert.That(root["neg"], Is.EqualTo(-5L));
            Assert.That(root["u"], Is.EqualTo("nä\n\\x"));
            Assert.That(root["cls"], Is.EqualTo(new InertName("mine", "Thing")));
            Assert.That(root["long"], Is.EqualTo(new string('x', 300)));
            Assert.That(root["true"], Is.True);
            Assert.That(root["tup"], Is.EqualTo(new object[] { 1L, 2L, 3L, 4L }));
            Assert.That(root.Keys.OfType<InertKey>().Select(key => key.ToString()), Is.EqualTo(new[] { "None", "(1, 2)", protocol < 3 ? "__builtin__.long" : "builtins.int" }));
            Assert.That(calls.Select(call => call.Text), Is.EqualTo(new[] { "mine.Mode(1)" }));
        });
    }

    [Test]
    public void Write_WhatWasRead_ReadsBackTheSame([Range(0, 5)] int protocol)
    {
        using var folder = new TemporaryFolder();
        var root = Read(protocol, out _);
        Checkpoint.Write(folder.File("f"), root);
        using var copy = Checkpoint.Open(folder.File("f"));
        var read = (IReadOnlyDictionary<object, object?>)copy.Root!;
        Assert.That(read.Select(entry => $"{entry.Key}: {PythonText.Of(entry.Value)}"), Is.EqualTo(root.Select(entry => $"{entry.Key}: {PythonText.Of(entry.Value)}")));
        var thing = (InertObject)read["thing"]!;
        Assert.That(((IReadOnlyDictionary<object, object?>)thing.State!)["me"], Is.SameAs(thing));
    }

    [TestCase("cposix\nsystem\n(S'true'\ntR.", "posix.system(\"true\")")]
    [TestCase("(S'true'\niposix\nsystem\n.", "posix.system(\"true\")")]
    [TestCase("(cposix\nsystem\nS'true'\no.", "posix.system(\"true\")")]
    [TestCase("cbuiltins\neval\n(S'1'\ntR.", "builtins.eval(\"1\")")]
    [TestCase("cbuiltins\ngetattr\n(cos\nx\nS'y'\ntR(S'z'\ntR.", "builtins.getattr(os.x, \"y\")")]
    [TestCase("csubprocess\nPopen\n(S'true'\nt\u0081.", "subprocess.Popen(\"true\")")]
    [TestCase("ctorch.storage\n_load_from_bytes\n(S'x'\ntR.", "torch.storage._load_from_bytes(\"x\")")]
    public void Read_CallThatMayDoHarm_IsTold(string pickle, string call)
    {
        var reader = Reader(Encoding.Latin1.GetBytes(pickle));
        Assert.That(reader.Read(), Is.TypeOf<InertObject>());
        Assert.That(reader.Calls[0].Text, Is.EqualTo(call));
    }

    [TestCase("ctorch._utils\n_rebuild_tensor_v2\n(cposix\nsystem\n(S'x'\ntRI0\n))I00\nNtR.", "posix.system(\"x\"), which no tensor needs; it is refused")]
    [TestCase("ctorch._tensor\n_rebuild_from_type_v2\n(cposix\nsystem\nN(S'x'\ntNtR.", "rebuilt by 'posix.system', which no tensor needs; it is refused")]
    public void Read_TensorThatNeedsACall_IsRefused(string pickle, string reason) =>
        Assert.That(() => Reader(Encoding.Latin1.GetBytes(pickle)).Read(), Throws.TypeOf<DamagedFileException>().With.Message.Contain(reason));

    [TestCase(0x82)]
    [TestCase(0x97)]
    public void Read_OpcodeThatNeedsMoreThanTheFile_IsRefused(int opcode) =>
        Assert.That(() => Reader([(byte)opcode, 1, (byte)'.']).Read(), Throws.TypeOf<DamagedFileException>().With.Message.Contain($"opcode 0x{opcode:x2}"));

    private static IReadOnlyDictionary<object, object?> Read(int protocol, out IReadOnlyList<PickleCall> calls)
    {
        var reader = Reader(File.ReadAllBytes(PyTorchFixtures.File($"objects-protocol{protocol}.pkl")));
        var root = (IReadOnlyDictionary<object, object?>)reader.Read()!;
        calls = reader.Calls;
        return root;
    }

    private static PickleReader Reader(byte[] pickle) => new(new PickleInput(new MemoryStream(pickle), "a.pkl", 0, pickle.Length), _ => throw new InvalidOperationException());
}
