using System.Diagnostics;
using System.IO.Compression;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>
/// Files of every format with bytes changed, 30,000 in all: each ends in an answer or in an error that names the file, in bounded time, and in memory of at most 16 MB and twice the file's size or what its header declares. What is counted is
/// all that was allocated, which no moment can exceed.
/// </summary>
public sealed class CheckpointFuzzTests
{
    private const int Inputs = 2000; // of each of 15 files
    private const long Base = 16_000_000;

    private static readonly byte[][] _interesting = [[0], [0xff], [0x7f], [0x80], [(byte)'('], [(byte)'R'], [(byte)'h'], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0x80], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0, 0, 0, 0, 0]];

    [TestCase("odd_tensors.pth")]
    [TestCase("odd_tensors_legacy.pth")]
    [TestCase("lenet_zip.pth")]
    [TestCase("lenet_legacy.pth")]
    [TestCase("checkpoint.pth")]
    [TestCase("hostile_reduce.pth")]
    [TestCase("safetensors")]
    [TestCase("objects-protocol0.pkl")]
    [TestCase("objects-protocol4.pkl")]
    [TestCase("npy")]
    [TestCase("npz")]
    [TestCase("TorchSharp")]
    [TestCase("TSModel")]
    [TestCase("onnx")]
    [TestCase("index.json")]
    [Category("Slow")]
    public void Open_MutatedFile_EndsInAnAnswerOrAnErrorThatNamesTheFile(string name)
    {
        using var folder = new TemporaryFolder();
        var original = Original(name, folder);
        var random = new Random(1);
        var path = folder.File("mutant");
        File.WriteAllBytes(path, original);
        var answers = 0;
        var (slowest, largest) = (TimeSpan.Zero, 0L);
        for (var i = 0; i < Inputs; i++)
        {
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
                Mutate(file, original.Length, random);
            var (clock, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            var length = new FileInfo(path).Length;
            answers += TryRead(path, $"{name}, input {i}", out var declared) ? 1 : 0;
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(clock).Ticks));
            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - before - 2 * Math.Max(length, declared));
            File.WriteAllBytes(path, original);
        }

        TestContext.Out.WriteLine($"{name}: {answers} of {Inputs} were read; slowest {slowest.TotalMilliseconds:F1} ms, most allocated beyond twice its size {largest / 1e6:F1} MB");
        Assert.That(slowest, Is.LessThan(Patience.Limit), "it hangs");
        Assert.That(largest, Is.LessThan(Base));
    }

    private static readonly NetworkSpec _network = new("toy", new Shape(1, 2, 2), Normalization.Centred(1), [new Conv2dLayer("conv", 2, 1, Bias: false), new ReluLayer("relu"), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);

    private static byte[] Npy => [0x93, .. "NUMPY\u0001\0\u003b\0{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n"u8, .. new byte[24]];

    private static byte[] Original(string name, TemporaryFolder folder)
    {
        if (name.EndsWith(".pkl", StringComparison.Ordinal))
        {
            using (var archive = ZipFile.Open(folder.File("original"), ZipArchiveMode.Create))
                archive.CreateEntryFromFile(PyTorchFixtures.File(name), "a/data.pkl", CompressionLevel.NoCompression);
            return File.ReadAllBytes(folder.File("original"));
        }

        if (name == "npz")
        {
            using (var archive = ZipFile.Open(folder.File("original"), ZipArchiveMode.Create))
            using (var entry = archive.CreateEntry("w.npy").Open())
                entry.Write(Npy);
            return File.ReadAllBytes(folder.File("original"));
        }

        if (name == "npy")
            return Npy;
        if (name == "onnx")
        {
            return OnnxBytes.Model(
                OnnxBytes.Input("x"), OnnxBytes.Floats("a", [2, 1, 1, 1], 1, 2), OnnxBytes.Initializer("b", 6, [2], OnnxBytes.Field(5, [1, 2])), OnnxBytes.Floats("c", [8, 3], new float[24]),
                OnnxBytes.Node("Conv", ["x", "a"], "v", ("strides", [1, 1])), OnnxBytes.Node("Relu", ["v"], "r"), OnnxBytes.Node("MatMul", ["r", "c"], "y"));
        }

        var arrays = new NamedArray[] { new("conv.weight", [2, 3, 2, 2], new float[24]), new("conv.bias", [2], [1, 2]), new("scalar", [], [3]) };
        switch (name)
        {
            case "TorchSharp":
                TorchSharpFile.Write(folder.File("original"), [.. arrays.Select(StoredTensor.Of)]);
                break;
            case "TSModel":
                TorchSharpFile.Write(folder.File("weights"), [.. arrays.Select(StoredTensor.Of)]);
                using (var archive = ZipFile.Open(folder.File("original"), ZipArchiveMode.Create))
                    archive.CreateEntryFromFile(folder.File("weights"), "TransformerChain/Transform_001/TSModel");
                break;
            case "index.json":
                Safetensors.Write(folder.File("a.safetensors"), arrays);
                File.WriteAllText(folder.File("original"), """{"metadata": {"total_size": 108}, "weight_map": {"conv.weight": "a.safetensors", "conv.bias": "a.safetensors", "scalar": "a.safetensors"}}""");
                break;
            case "safetensors":
                Safetensors.Write(folder.File("original"), arrays, new Dictionary<string, string> { ["a"] = "b" });
                break;
            default:
                return File.ReadAllBytes(PyTorchFixtures.File(name));
        }

        return File.ReadAllBytes(folder.File("original"));
    }

    private static void Mutate(Microsoft.Win32.SafeHandles.SafeFileHandle file, int length, Random random)
    {
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            // Headers, pickles and directories lie at the ends; what lies between is values.
            var at = random.Next(3) switch { 0 => random.Next(length), 1 => random.Next(Math.Min(length, 3000)), _ => length - 1 - random.Next(Math.Min(length, 1500)) };
            switch (random.Next(10))
            {
                case 0:
                    RandomAccess.SetLength(file, at);
                    length = Math.Max(1, at);
                    break;
                case < 5:
                    var one = new byte[1];
                    RandomAccess.Read(file, one, at);
                    one[0] ^= (byte)(1 << random.Next(8));
                    RandomAccess.Write(file, one, at);
                    break;
                case < 8:
                    RandomAccess.Write(file, _interesting[random.Next(_interesting.Length)], at);
                    break;
                default:
                    var piece = new byte[random.Next(1, 64)];
                    RandomAccess.Read(file, piece, random.Next(length));
                    RandomAccess.Write(file, piece, at);
                    break;
            }
        }
    }

    private static bool TryRead(string path, string input, out long declared)
    {
        declared = 0;
        try
        {
            using var checkpoint = Checkpoint.Open(path);
            foreach (var tensor in checkpoint.Tensors)
            {
                declared += tensor.Count * tensor.Type.Size();
                tensor.ReadBytes();
            }

            if (checkpoint.Format == CheckpointFormat.Onnx)
                checkpoint.WeightsFor(_network);
            Assert.That(PythonText.Of(checkpoint.Root), Has.Length.LessThan(1000), input);
            return true;
        }
        catch (DamagedFileException exception)
        {
            Assert.That(exception.Message, Does.Contain(path), input);
            return false;
        }
        catch (Exception exception)
        {
            Assert.Fail($"{input}: {exception}");
            return false;
        }
    }
}
