using System.Globalization;
using ConvScope.ML.Labels;
using ConvScope.ML.Onnx;
using ConvScope.ML.Scoring;
using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;

namespace ConvScope.ML.Tests;

/// <summary>Exported networks in ONNX Runtime against our own forward pass.</summary>
public sealed class OnnxExportTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCaseSource(typeof(NetworkZoo), nameof(NetworkZoo.Names))]
    [Category("Slow")]
    public void Write_NetworkOfTheZoo_GivesOurProbabilities(string name)
    {
        var fixedSize = name.StartsWith("vgg", StringComparison.Ordinal) || name == "alexnet"; // their classifier wants maps of 7x7 and 6x6
        var spec = NetworkZoo.Create(name, 10, name == "lenet5" || fixedSize ? null : new Shape(3, 75, 66));
        using var module = spec.CreateModule(seed: 3);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var count = fixedSize ? 1 : 3;
        var images = rand([count, .. spec.Input.Axes.Select(axis => (long)axis)], generator: new Generator(5)).mul_(255);
        module.train();
        module.call(images.repeat(3, 1, 1, 1)).Dispose(); // running statistics that are not the initial ones
        module.eval();
        using var model = new ConvNetModel(spec, module, CPU, ClassLabels.Create([.. Enumerable.Range(0, 10).Select(index => $"class {index}")]));
        model.ExportOnnx(_folder.File("model.onnx"));

        using var session = new InferenceSession(_folder.File("model.onnx"));
        var input = new DenseTensor<float>(images.bytes.ToArray().Chunk(4).Select(bytes => BitConverter.ToSingle(bytes)).ToArray(), [.. images.shape.Select(axis => (int)axis)]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("Features", input)]);
        var expected = module.call(images).softmax(1).data<float>().ToArray();
        Assert.That(results[0].AsEnumerable<float>().ToArray(), Is.EqualTo(expected).Within(1e-5f));
        Assert.That(expected.Max() - expected.Min(), Is.GreaterThan(1e-4), "outputs that differ, so that equality says something");
        Assert.That(session.InputMetadata["Features"].Dimensions, Is.EqualTo(new[] { -1, spec.Input.Channels, spec.Input.Height, spec.Input.Width }));
        Assert.That(session.OutputMetadata["Score"].Dimensions, Is.EqualTo(new[] { -1, 10 }));
        Assert.That(session.ModelMetadata.CustomMetadataMap[OnnxExport.ClassesKey], Does.StartWith("[\"class 0\",\"class 1\""));
    }

    [Test]
    public void Export_OfAModel_RunsInMlNet()
    {
        var context = new MLContext(1);
        using var model = Toy.Fit(context);
        model.Model.ExportOnnx(_folder.File("toy.onnx"), inputName: "Features", outputName: "Onnx");
        var data = Toy.View(context, 20, seed: 9);
        var applied = context.Transforms.ApplyOnnxModel("Onnx", "Features", _folder.File("toy.onnx"), shapeDictionary: new Dictionary<string, int[]> { ["Features"] = [1, 1, 8, 8] }).Fit(data).Transform(data);
        var ours = model.Transform(data).GetColumn<float[]>("Score").ToList();
        var theirs = applied.GetColumn<float[]>("Onnx").ToList();
        Assert.That(theirs, Has.Count.EqualTo(20));
        foreach (var (our, their) in ours.Zip(theirs))
            Assert.That(their, Is.EqualTo(our).Within(1e-5f));
    }

    [Test]
    public void ExportOnnx_ProgramWithoutConvScopeAndLibtorch_GivesOurProbabilities()
    {
        var context = new MLContext(1);
        using var model = Toy.Fit(context);
        string onnx = _folder.File("toy.onnx"), rows = _folder.File("rows.txt"), program = typeof(OnnxExportTests).Assembly.Location.Replace("ConvScope.ML.Tests", "ConvScope.OnnxConsumer", StringComparison.Ordinal);
        model.Model.ExportOnnx(onnx);
        var inputs = ToyInput.From(Toy.Rows(20, seed: 3));
        File.WriteAllLines(rows, inputs.Select(input => string.Join(' ', input.Features.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))));
        var lines = FreshProcess.Run(program, onnx, rows);
        var expected = model.Transform(context.Data.LoadFromEnumerable(inputs)).GetColumn<float[]>("Score").ToList();
        Assert.That(lines, Has.Length.EqualTo(20));
        foreach (var (line, score) in lines.Zip(expected))
            Assert.That(line.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture)), Is.EqualTo(score).Within(1e-5f));
        Assert.That(Directory.EnumerateFiles(Path.GetDirectoryName(program)!).Select(Path.GetFileName), Has.None.Contains("torch").IgnoreCase.And.None.StartsWith("ConvScope.ML"));
    }

    [Test]
    public void Write_AdaptivePoolingThatOnnxLacks_NamesTheLayer()
    {
        var spec = NetworkZoo.Create("vgg11", 10, new Shape(3, 48, 48));
        Assert.That(() => OnnxExport.Write(_folder.File("f"), spec, ZeroTensors.Of(spec)), Throws.TypeOf<NotSupportedException>().With.Message.Contain("'avgpool' averages 512x1x1 to 7x7"));
        Assert.That(Directory.EnumerateFiles(_folder.Path), Is.Empty);
    }

    [Test]
    public void Write_MissingWeight_NamesIt() => Assert.That(
        () => OnnxExport.Write(_folder.File("f"), Toy.Network, [.. ZeroTensors.Of(Toy.Network).Skip(1)]), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("The weights do not fit network 'toy': the weights lack 'conv.weight'."));

    [Test]
    public void Write_WeightOfAnotherShapeAndOneTooMany_NamesBothAndWritesNothing()
    {
        StoredTensor Weight(string name, int size) => StoredTensor.Of(new NamedArray(name, [size], new float[size]));
        Assert.That(() => OnnxExport.Write(_folder.File("f"), Toy.Network, [.. ZeroTensors.Of(Toy.Network).Where(tensor => tensor.Name != "conv.bias"), Weight("conv.bias", 9), Weight("ema.conv.bias", 6)]),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("The weights do not fit network 'toy': 'conv.bias' has shape 6 in the network and 9 in the weights; the network does not know 'ema.conv.bias'."));
        Assert.That(Directory.EnumerateFiles(_folder.Path), Is.Empty);
    }
}
