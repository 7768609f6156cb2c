using System.Diagnostics;
using System.IO.Compression;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Files;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>Real checkpoints with bytes changed: each ends in an answer or in an error that names the file, in bounded time and memory.</summary>
public sealed class CheckpointFuzzTests
{
    private const int Inputs = 3000; // of each file

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
    [TestCase("npz")]
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
            answers += TryRead(path, $"{name}, input {i}") ? 1 : 0;
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(clock).Ticks));
            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - before);
            File.WriteAllBytes(path, original);
        }

        TestContext.Out.WriteLine($"{name}: {answers} of {Inputs} were read; slowest {slowest.TotalMilliseconds:F1} ms, most allocated {largest / 1e6:F1} MB");
        Assert.That(slowest, Is.LessThan(Patience.Limit), "it hangs");
        Assert.That(largest, Is.LessThan(200_000_000));
    }

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
                entry.Write([0x93, .. "NUMPY\u0001\0\u003b\0{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n"u8, .. new byte[24]]);
            return File.ReadAllBytes(folder.File("original"));
        }

        if (name != "safetensors")
            return File.ReadAllBytes(PyTorchFixtures.File(name));
        Safetensors.Write(folder.File("original"), [new("conv.weight", [2, 3, 2, 2], new float[24]), new("conv.bias", [2], [1, 2]), new("scalar", [], [3])], new Dictionary<string, string> { ["a"] = "b" });
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

    private static bool TryRead(string path, string input)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(path);
            foreach (var tensor in checkpoint.Tensors)
                tensor.ReadBytes();
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
