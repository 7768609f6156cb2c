using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Figures;
using SkiaSharp;

namespace ConvScope.Reporting.Tests;

/// <summary>The figures of a whole run, from its record to its files.</summary>
public sealed class RunFiguresTests
{
    private static readonly string[] _charts =
        ["figures/gradients.png", "figures/gradients.svg", "figures/loss.png", "figures/loss.svg", "figures/accuracy.png", "figures/accuracy.svg"];

    private static readonly string[] _all =
    [
        "figures/weights/conv.weight.png", "figures/weights/conv.weight.svg", "figures/weights/fc.weight.png", "figures/weights/fc.weight.svg", .. _charts,
    ];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Draw_AFullRecord_LeavesExactlyTheFilesThatItNames()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, Falling);
        Assert.That(RunFigures.Draw(_folder.Path), Is.EqualTo(_all), "mosaics of the last snapshot without its bias, then the charts");
        Assert.That(FilesOnDisk(), Is.EquivalentTo(_all));
    }

    [Test]
    public void Draw_GradientsAndActivations_AreAFigureEach()
    {
        using (var writer = new RunRecordWriter(_folder.File("run"), new Dictionary<string, string>(), exception => Assert.Fail(exception.Message)))
        {
            writer.AppendSnapshot(5, 1, SnapshotKind.Gradients, [ToyRecord.Random("conv.weight", 4, 2, 3, 3), ToyRecord.Random("conv.bias", 4)]);
            var channels = new NamedArray("conv", [2, 3, 2, 2], [.. Enumerable.Range(0, 24).Select(index => index < 12 ? (float)(index / 4) : 99)]);
            writer.AppendSnapshot(5, 1, SnapshotKind.Activations, [ToyRecord.Random("input", 2, 3, 4, 4), channels, ToyRecord.Random("fc", 2, 8)]);
        }

        string[] names = ["gradients/conv.weight", "activations/input", "activations/conv", "activations/fc"];
        Assert.That(RunFigures.Draw(_folder.File("run")), Is.EqualTo(names.SelectMany(name => new[] { $"figures/{name}.png", $"figures/{name}.svg" })));
        using var picture = SKBitmap.Decode(_folder.File("run/figures/activations/conv.png"));
        var first = picture.GetPixel(2 * (WeightMosaic.Place.X + 5), 2 * (WeightMosaic.Place.Y + 5));
        Assert.That((first.Red, first.Green, first.Blue), Is.EqualTo((68, 1, 84)), "zero is the dark end: no channel of the first image is negative; the second image does not enter the scale");
    }

    [Test]
    public void Draw_AugmentedImages_AreOnOneScaleBeforeAndAfter()
    {
        NamedArray Images(string name, params float[] greys) => new(name, [greys.Length, 1, 2, 2], [.. greys.SelectMany(grey => Enumerable.Repeat(grey, 4))]);
        ToyRecord.Write(_folder.Path, [], null, [Images("before", 200, 0), Images("after", 100, 0), new NamedArray("label", [2], [3, 5])]);
        Assert.That(RunFigures.Draw(_folder.Path), Is.EqualTo(new[] { "figures/augmentation.png", "figures/augmentation.svg" }));
        using var picture = SKBitmap.Decode(_folder.File("figures/augmentation.png"));
        byte[] levels = [.. new[] { 0, 92 }.Select(below => picture.GetPixel(2 * (24 + 58 + 40), 2 * (24 + 58 + 40 + below)).Red)];
        Assert.That(levels, Is.EqualTo(new byte[] { 255, 127 }), "the brighter image is white, half as bright is grey");
    }

    [Test]
    public void Draw_OverEarlierFigures_ReplacesThem()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, Falling);
        RunFigures.Draw(_folder.Path);
        File.WriteAllText(_folder.File("figures/loss.png"), "old");
        RunFigures.Draw(_folder.Path);
        Assert.That(FilesOnDisk(), Is.EquivalentTo(_all));
        using var picture = SKBitmap.Decode(_folder.File("figures/loss.png"));
        Assert.That(picture, Is.Not.Null);
    }

    [Test]
    public void Draw_Charts_AreTwiceTheirSizeInPixels()
    {
        ToyRecord.Write(_folder.Path, null, Falling);
        foreach (var file in RunFigures.Draw(_folder.Path).Where(file => file.EndsWith(".png", StringComparison.Ordinal)))
        {
            using var picture = SKBitmap.Decode(_folder.File(file));
            Assert.That((picture.Width, picture.Height), Is.EqualTo((2080, 1080)), file);
        }
    }

    [Test]
    public void Draw_SameRecordTwice_GivesTheSameBytes()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, Falling);
        var first = Draw();
        Assert.That(Draw(), Is.EqualTo(first));
    }

    [Test]
    public void Draw_InAnotherCulture_GivesTheSameBytes()
    {
        ToyRecord.Write(_folder.Path, [ToyRecord.Random("fc.weight", 2, 1600)], step => 5000 * Falling(step));
        var first = Draw();
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NumberGroupSeparator, comma.NumberFormat.NegativeSign) = (",", ".", "~");
        (comma.NumberFormat.PercentDecimalSeparator, comma.NumberFormat.PercentSymbol) = (",", "pct");
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.That(Draw(), Is.EqualTo(first));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Test]
    public void Draw_WithoutSnapshots_DrawsTheCharts()
    {
        ToyRecord.Write(_folder.Path, null, Falling);
        Assert.That(RunFigures.Draw(_folder.Path), Is.EqualTo(_charts));
    }

    [Test]
    public void Draw_WithoutReadings_DrawsTheMosaics()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, null);
        Assert.That(RunFigures.Draw(_folder.Path), Is.EqualTo(_all.Except(_charts)));
    }

    [Test]
    public void Draw_EmptyRecord_DrawsNothing()
    {
        ToyRecord.Write(_folder.Path, null, null);
        Assert.That(RunFigures.Draw(_folder.Path), Is.Empty);
        Assert.That(Directory.Exists(_folder.File("figures")), Is.False);
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(0)]
    public void Draw_LossesThatCannotBeDrawn_DrawsAllFigures(double loss)
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, step => step < 15 ? Falling(step) : loss);
        Assert.That(RunFigures.Draw(_folder.Path), Is.EqualTo(_all));
    }

    [Test]
    public void Draw_NamesThatAFileCannotHold_AreDrawnUnderNamesOfTheirOwn()
    {
        ToyRecord.Write(_folder.Path, [ToyRecord.Random("a/b:c", 2, 2), ToyRecord.Random("a_b_c", 2, 2), ToyRecord.Random("A_B_C", 2, 2)], null);
        var files = RunFigures.Draw(_folder.Path).Where(file => file.EndsWith(".svg", StringComparison.Ordinal));
        Assert.That(files, Is.EqualTo(new[] { "figures/weights/a_b_c.svg", "figures/weights/a_b_c_.svg", "figures/weights/A_B_C__.svg" }));
    }

    [Test]
    public void Draw_AParameterWithoutValues_PassesItOver()
    {
        ToyRecord.Write(_folder.Path, [new NamedArray("empty.weight", [0, 1, 3, 3], []), .. ToyRecord.Parameters], Falling);
        Assert.That(RunFigures.Draw(_folder.Path), Is.EqualTo(_all));
    }

    [Test]
    public void Draw_DamagedSnapshot_NamesTheFileAndDrawsTheOthers()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, Falling);
        var snapshot = _folder.File("snapshots/step-000030.safetensors");
        File.WriteAllBytes(snapshot, File.ReadAllBytes(snapshot)[..^5]);
        Assert.That(() => RunFigures.Draw(_folder.Path), Throws.InstanceOf<DamagedFileException>().With.Message.Contains("step-000030.safetensors"));
        Assert.That(File.Exists(_folder.File("figures/loss.png")), Is.True, "one that fails costs itself");
    }

    [Test]
    public void Draw_WithoutARecord_SaysSo() => Assert.That(() => RunFigures.Draw(_folder.Path), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("run.db"));

    [Test]
    public void Draw_FolderThatCannotBeWritten_ThrowsTheReasonItself()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, Falling);
        File.WriteAllText(_folder.File("figures"), "a file where the folder should be");
        Assert.That(() => RunFigures.Draw(_folder.Path), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void Draw_WhileTheRecordIsWritten_DrawsWhatIsThere()
    {
        using var writer = new RunRecordWriter(_folder.Path, new Dictionary<string, string>(), _ => { });
        writer.AppendSnapshot(0, 0, SnapshotKind.Weights, ToyRecord.Parameters);
        Assert.That(() => RunFigures.Draw(_folder.Path), Is.EqualTo(_all.Except(_charts)).After(10_000, 20), "milliseconds until it is on the disk");
    }

    [Test]
    public void Draw_Svg_StandsOnItsOwn()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, Falling);
        foreach (var file in RunFigures.Draw(_folder.Path).Where(file => file.EndsWith(".svg", StringComparison.Ordinal)))
        {
            var svg = XDocument.Load(_folder.File(file)).Root!;
            var attributes = svg.DescendantsAndSelf().Attributes().Where(attribute => !attribute.IsNamespaceDeclaration).ToArray();

            Assert.That(svg.Attribute("viewBox")!.Value, Is.EqualTo($"0 0 {svg.Attribute("width")!.Value} {svg.Attribute("height")!.Value}"), file);
            Assert.That(attributes.Where(attribute => attribute.Name.LocalName == "href").Select(attribute => attribute.Value[..10]), Is.All.EqualTo("data:image"), file);
            Assert.That(attributes.Select(attribute => attribute.Value), Has.None.Contains("http").And.None.Contains("font"), file);
            Assert.That(svg.Descendants().Select(element => element.Name.LocalName).Distinct(),
                Is.SubsetOf(new[] { "rect", "path", "g", "clipPath", "image", "polyline", "circle", "ellipse", "line" }), $"{file}: no text, style or script");
        }
    }

    [Test]
    public void Draw_SvgClipPaths_HaveNamesThatNoOtherFigureHas()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, Falling);
        var svgs = RunFigures.Draw(_folder.Path).Where(file => file.EndsWith(".svg", StringComparison.Ordinal)).Select(file => XDocument.Load(_folder.File(file))).ToArray();
        var names = svgs.SelectMany(svg => svg.Descendants().Attributes("id")).Select(name => name.Value).ToArray();
        var used = svgs.SelectMany(svg => svg.Descendants().Attributes("clip-path")).Select(name => name.Value);

        Assert.That(names, Is.Unique.And.Contains("loss-clip0"), "several figures may stand on one page");
        Assert.That(used, Is.SubsetOf(names.Select(name => $"url(#{name})")));
    }

    [Test]
    public void Draw_SvgMosaic_HoldsTheTilesOnceAndSharp()
    {
        ToyRecord.Write(_folder.Path, [ToyRecord.Random("fc.weight", 3, 8)], null);
        RunFigures.Draw(_folder.Path);
        var image = XDocument.Load(_folder.File("figures/weights/fc.weight.svg")).Descendants().Single(element => element.Name.LocalName == "image");
        using var tiles = SKBitmap.Decode(Convert.FromBase64String(image.Attributes().Single(attribute => attribute.Name.LocalName == "href").Value.Split(',')[1]));

        Assert.That((string?)image.Attribute("style"), Is.EqualTo("image-rendering:pixelated"));
        Assert.That(((int)image.Attribute("x")!, (int)image.Attribute("y")!), Is.EqualTo((58, 120)));
        Assert.That((tiles.Width, tiles.Height), Is.EqualTo((8 * 14, 3 * 14)));
    }

    [Test]
    public void Draw_AnyRecord_NeedsNoLibtorch()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, Falling);
        RunFigures.Draw(_folder.Path);
        using var process = Process.GetCurrentProcess();
        Assert.That(process.Modules.Cast<ProcessModule>().Select(module => module.ModuleName), Has.None.Contains("torch").IgnoreCase);
    }

    private static double Falling(int step) => 2.3 * Math.Exp(-step / 10.0);

    private byte[][] Draw() => [.. RunFigures.Draw(_folder.Path).Select(file => File.ReadAllBytes(_folder.File(file)))];

    private IEnumerable<string> FilesOnDisk() => Directory.EnumerateFiles(_folder.File("figures"), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(_folder.Path, file).Replace('\\', '/'));
}
