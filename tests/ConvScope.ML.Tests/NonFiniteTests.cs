using System.IO.Compression;
using ConvScope.Checkpoints;
using ConvScope.Diagnosis;
using ConvScope.ML.Onnx;
using ConvScope.Networks;
using ConvScope.Recording;
using ConvScope.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.ML.Tests;

/// <summary>A training that is no longer finite ends loudly, and nothing is predicted from weights that are not.</summary>
public sealed class NonFiniteTests
{
    private const string Fault = "has weights that are NaN or infinite, from which nothing sensible comes: 'conv.weight' (2 of 54 values), 'fc.bias' (1 of 3 values). Train it anew, or take an earlier checkpoint.";

    private readonly MLContext _context = new(1);
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]

    /// <summary>Two weights of the convolution become NaN, one bias infinite.</summary>
    private static void Spoil(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var (name, parameter) in module.named_parameters())
        {
            if (name == "conv.weight")
                parameter.view(-1).narrow(0, 7, 2).fill_(float.NaN);
            if (name == "fc.bias")
                parameter.narrow(0, 1, 1).fill_(float.NegativeInfinity);
        }
    }

    private static void SpoilFile(string path)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Update);
        var entry = archive.Entries.Single(entry => entry.Name == "weights.safetensors");
        using var copy = new MemoryStream();
        using (var content = entry.Open())
            content.CopyTo(copy);
        using var module = Toy.Network.CreateModule(1);
        ModuleWeights.Load(module, Safetensors.ReadTensors(copy.ToArray(), path));
        Spoil(module);
        var weights = Path.GetTempFileName();
        Safetensors.WriteTensors(weights, ModuleWeights.Read(module), new Dictionary<string, string>());
        using var target = entry.Open();
        target.SetLength(0);
        target.Write(File.ReadAllBytes(weights));
        File.Delete(weights);
    }
}
