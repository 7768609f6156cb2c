using ConvScope.ML.Onnx;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;

namespace ConvScope.ML.Tests;

/// <summary>ResNets with weights of torchvision: our logits and our ONNX files against its logits. The files are made by <c>tests/ConvScope.Benchmarks/python/torchvision_twin.py</c>; without them there is nothing to compare.</summary>
public sealed class TorchvisionTwinTests
{
    private const string Folder = "CONVSCOPE_TORCHVISION";

    [TestCase("resnet18")]
    [TestCase("resnet34")]
    [TestCase("resnet50")]
    [TestCase("resnet101")]
    [TestCase("resnet152")]
    [TestCase("wide_resnet50_2")]
    [TestCase("wide_resnet101_2")]
    [TestCase("resnext50_32x4d")]
    [TestCase("resnext101_32x8d")]
    [Category("Slow")]
    public void Forward_WeightsOfTorchvision_GivesItsLogitsHereAndInOnnxRuntime(string name)
    {
        if (Environment.GetEnvironmentVariable(Folder) is not { Length: > 0 } folder)
        {
            Assert.Ignore($"{Folder} names no folder of files of torchvision_twin.py.");
            return;
        }

        using var temporary = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(Path.Combine(folder, $"{name}.pth"));
        var root = (IReadOnlyDictionary<object, object?>)checkpoint.Root!;
        var (pixels, expected) = ((StoredTensor)root["pixels"]!, ((StoredTensor)root["logits"]!).ReadFloats());
        var (spec, weights) = (NetworkZoo.Create(name, 1000, new Shape(3, (int)pixels.Shape[^2], (int)pixels.Shape[^1])), checkpoint.Tensors);
        using var module = spec.CreateModule(seed: 1);
        ModuleWeights.Load(module, weights);
        module.eval();
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var logits = module.call(tensor(pixels.ReadFloats(), [.. pixels.Shape])).data<float>().ToArray();

        OnnxExport.Write(temporary.File("model.onnx"), spec, weights);
        using var session = new InferenceSession(temporary.File("model.onnx"));
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("Features", new DenseTensor<float>(pixels.ReadFloats(), [.. pixels.Shape.Select(axis => (int)axis)]))]);
        var probabilities = tensor(expected, [pixels.Shape[0], spec.Outputs]).to(ScalarType.Float64).softmax(1).to(ScalarType.Float32).data<float>().ToArray();
        var (ours, onnx) = (Difference(logits, expected), Difference([.. results[0].AsEnumerable<float>()], probabilities));
        TestContext.Out.WriteLine($"{name}: largest relative difference of logits {ours:E1}, of ONNX {onnx:E1}");
        Assert.That(Math.Max(ours, onnx), Is.LessThan(1e-4));
    }

    /// <summary>The largest difference, as a share of the largest value.</summary>
    private static double Difference(float[] values, float[] expected) => values.Zip(expected, (value, wanted) => Math.Abs((double)value - wanted)).Max() / expected.Max(Math.Abs);
}
