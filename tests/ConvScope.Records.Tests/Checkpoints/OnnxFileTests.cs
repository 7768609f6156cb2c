using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>Initializers of ONNX files as tensors.</summary>
public sealed class OnnxFileTests
{
    private static readonly NetworkSpec _network = new("toy", new Shape(1, 2, 2), Normalization.Centred(1), [new Conv2dLayer("conv", 2, 1), new ReluLayer("relu"), new FlattenLayer("flatten"), new LinearLayer("fc", 3)]);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase(1, 4, new byte[] { 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0 }, new[] { 1.0, -2 })] // packed floats
    [TestCase(1, 9, new byte[] { 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0 }, new[] { 1.0, -2 })]
    [TestCase(2, 5, new byte[] { 7, 0xff, 1 }, new[] { 7.0, 255 })]
    [TestCase(6, 5, new byte[] { 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 }, new[] { 7.0, -1 })]
    [TestCase(7, 7, new byte[] { 0xac, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 }, new[] { 300.0, -1 })]
    [TestCase(10, 5, new byte[] { 0x80, 0x78, 0x80, 0x80, 3 }, new[] { 1.0, -2 })] // halves as numbers
    [TestCase(11, 10, new byte[] { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0 }, new[] { 1.0, -2 })]
    [TestCase(13, 11, new byte[] { 0xac, 2, 1 }, new[] { 300.0, 1 })]
    [TestCase(16, 9, new byte[] { 0x80, 0x3f, 0, 0xc0 }, new[] { 1.0, -2 })]
    public void Open_InitializerOfAType_GivesItsValues(int type, int field, byte[] values, double[] expected)
    {
        File.WriteAllBytes(_folder.File("f"), OnnxBytes.Model(OnnxBytes.Initializer("w", type, [2, 1], OnnxBytes.Field(field, values))));
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That(checkpoint.Format, Is.EqualTo(CheckpointFormat.Onnx));
        Assert.That((checkpoint.Tensors.Single().Name, checkpoint.Tensors.Single().ShapeText), Is.EqualTo(("w", "2x1")));
        Assert.That(checkpoint.Tensors.Single().ReadDoubles(), Is.EqualTo(expected));
    }

    [Test]
    public void Open_TypesThatAreNotRead_CostThemselvesOnly()
    {
        File.WriteAllBytes(_folder.File("f"), OnnxBytes.Model(
            OnnxBytes.Initializer("text", 8, [1], OnnxBytes.Field(6, "x"u8)), OnnxBytes.Initializer("small", 22, [2], OnnxBytes.Field(9, [1])), OnnxBytes.Field(15, []), OnnxBytes.Initializer("empty", 1, [0]), OnnxBytes.Floats("", [], 3)));
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That(checkpoint.Tensors.Select(tensor => $"{tensor}"), Is.EqualTo(new[] { "empty float32 0", "initializer 4 float32 scalar" }));
        Assert.That(checkpoint.LeftOut, Is.EqualTo(new[] { "text: elements of ONNX type 8, which are not read", "small: elements of ONNX type 22, which are not read", "a sparse initializer, which is not read" }));
    }

    [Test]
    public void Open_ValuesInAFileBeside_AreReadFromThere()
    {
        byte[] Entry(string key, string value) => OnnxBytes.Field(13, [.. OnnxBytes.Field(1, System.Text.Encoding.ASCII.GetBytes(key)), .. OnnxBytes.Field(2, System.Text.Encoding.ASCII.GetBytes(value))]);
        byte[] Outside(string location) => OnnxBytes.Model(OnnxBytes.Initializer("w", 1, [1], Entry("location", location), Entry("offset", "4"), OnnxBytes.Number(14, 1)));
        File.WriteAllBytes(_folder.File("values.bin"), [0, 0, 0, 0, 0, 0, 0x80, 0x3f]);
        File.WriteAllBytes(_folder.File("f"), Outside("values.bin"));
        using (var checkpoint = Checkpoint.Open(_folder.File("f")))
            Assert.That(checkpoint.Tensors.Single().ReadFloats(), Is.EqualTo(new[] { 1f }));
        foreach (var location in new[] { "../values.bin", "/etc/passwd", "..", "none.bin" })
        {
            File.WriteAllBytes(_folder.File("f"), Outside(location));
            Assert.That(() => Checkpoint.Open(_folder.File("f")), Throws.TypeOf<DamagedFileException>().With.Message.Contain($"'{location}'"));
        }
    }

    [TestCase("Gemm", 1)]
    [TestCase("Gemm", 0)]
    [TestCase("MatMul", 0)]
    public void WeightsFor_GraphOfAnotherProgram_FindsTheLayersWhateverTheyAreCalled(string operation, int transB)
    {
        var names = Graph(operation, transB, "Relu");
        using var checkpoint = Checkpoint.Open(names);
        var weights = checkpoint.WeightsFor(_network);
        Assert.That(weights.Select(tensor => $"{tensor.Name} {tensor.ShapeText}"), Is.EqualTo(new[] { "conv.weight 2x1x1x1", "conv.bias 2", "fc.weight 3x8", "fc.bias 3" }));
        Assert.That(weights[2].ReadFloats(), Is.EqualTo(Enumerable.Range(0, 24).Select(value => (float)value)));
        Assert.That(weights[3].ReadFloats(), Is.EqualTo(new[] { 7f, 8, 9 }));
    }

    [Test]
    public void WeightsFor_OtherActivation_DoesNotTakeWhatLiesBehind()
    {
        using var checkpoint = Checkpoint.Open(Graph("Gemm", 1, "Tanh"));
        Assert.That(checkpoint.WeightsFor(_network).Select(tensor => tensor.Name), Is.EqualTo(new[] { "conv.weight", "conv.bias", "c", "d" }));
    }

    [Test]
    public void WeightsFor_StridesThatDiffer_AreNoSuchLayer()
    {
        File.WriteAllBytes(_folder.File("f"), OnnxBytes.Model(
            OnnxBytes.Input("x"), OnnxBytes.Floats("w", [2, 1, 1, 1], 1, 2), OnnxBytes.Node("Conv", ["x", "w"], "y", ("strides", [2, 2]))));
        using var checkpoint = Checkpoint.Open(_folder.File("f"));
        Assert.That(checkpoint.WeightsFor(_network).Select(tensor => tensor.Name), Is.EqualTo(new[] { "w" }));
    }

    [Test]
    public void Open_CutAnywhere_EndsInAnErrorThatNamesTheFile()
    {
        var whole = File.ReadAllBytes(Graph("Gemm", 1, "Relu"));
        for (var length = 3; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder.File("f"), whole[..length]);
            try
            {
                using var checkpoint = Checkpoint.Open(_folder.File("f")); // whole where the cut lies between two fields of the model
                Assert.That(length, Is.GreaterThan(whole.Length - 10));
            }
            catch (DamagedFileException exception)
            {
                Assert.That(exception.Message, Does.Contain("'" + _folder.File("f") + "'"));
            }
        }
    }

    private string Graph(string operation, int transB, string activation)
    {
        var matrix = Enumerable.Range(0, 24).Select(value => (float)value).ToArray();
        if (transB == 0)
            matrix = [.. Enumerable.Range(0, 24).Select(index => matrix[index % 3 * 8 + index / 3])];
        var linear = operation == "Gemm"
            ? OnnxBytes.Node("Gemm", ["f", "c", "d"], "y", ("transB", [transB]))
            : [.. OnnxBytes.Node("MatMul", ["f", "c"], "m"), .. OnnxBytes.Node("Add", ["m", "d"], "y")];
        File.WriteAllBytes(_folder.File("graph"), OnnxBytes.Model(
            OnnxBytes.Input("x"), OnnxBytes.Input("a"), OnnxBytes.Floats("scale", [1], 2), OnnxBytes.Floats("a", [2, 1, 1, 1], 1, 2), OnnxBytes.Floats("b", [2], 3, 4), OnnxBytes.Floats("c", transB == 1 ? [3, 8] : [8, 3], matrix),
            OnnxBytes.Floats("d", [3], 7, 8, 9), OnnxBytes.Node("Mul", ["x", "scale"], "s"), OnnxBytes.Node("Conv", ["s", "a", "b"], "v", ("kernel_shape", [1, 1])), OnnxBytes.Node(activation, ["v"], "r"),
            OnnxBytes.Node("Flatten", ["r"], "f"), linear));
        return _folder.File("graph");
    }
}
