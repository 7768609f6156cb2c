using ConvScope.Records.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ConvScope.Tool.Tests;

/// <summary>What <c>--data</c> takes from a folder or archive, and what it says of it.</summary>
public sealed class TrainingDataTests
{
    private static readonly byte[] _image = PictureFiles.Draw(0, 0);

    private readonly List<string> _notices = [];
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _notices.Clear();
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Load_TrainAndVal_AreTakenAsThePairAndSaidSo()
    {
        var root = Write("set", "train/cat/a.png", "train/dog/b.png", "train/dog/c.tif", "val/cat/d.png");
        var data = await LoadAsync(root);
        Assert.That(data.Train.GetColumn<string>("Label"), Is.EqualTo(new[] { "cat", "dog" }));
        Assert.That(data.Test!.GetColumn<string>("ImagePath"), Is.EqualTo(new[] { $"{root}/val/cat/d.png" }));
        Assert.That((data.Name, data.ClassCount), Is.EqualTo(("set", 2)));
        Assert.That(_notices, Is.EquivalentTo(new[] { $"'{root}' is taken as a pair: trained on '{root}/train', tested on '{root}/val'.", $"'{root}/train': Left out: 1 .tif file (dog/c.tif)." }));
    }

    [Test]
    public async Task Load_ATarAroundThePair_IsThePair()
    {
        var tar = PictureFiles.WriteTar(_folder.File("a.tar"), [new("set/train/cat/a.png", _image), new("set/train/dog/b.png", _image), new("set/test/dog/c.png", _image)]);
        var data = await LoadAsync(tar);
        Assert.That(data.Test!.GetColumn<string>("ImagePath"), Is.EqualTo(new[] { $"{tar}!/set/test/dog/c.png" }));
    }

    [Test]
    public async Task Load_APairWithTestDataOfItsOwn_UsesThat()
    {
        var root = Write("set", "train/cat/a.png", "train/dog/b.png", "test/cat/d.png");
        var data = await LoadAsync(root, Write("other", "cat/x.png"));
        Assert.That(data.Test!.GetColumn<string>("ImagePath").Single(), Does.EndWith("other/cat/x.png"));
        Assert.That(_notices, Is.EqualTo(new[] { $"Of '{root}' only '{root}/train' is used." }));
    }

    [Test]
    public void Load_OneClass_SaysWhatIsNeeded() => Assert.That(
        Assert.ThrowsAsync<ArgumentException>(() => LoadAsync(Write("set", "images/a.png", "annotations/a.xml")))!.Message, Does.EndWith("has one class folder, 'images'; images are told apart from two on, a folder a class."));

    [Test]
    public void Load_TestClassInAnotherUnicodeForm_IsToldApart()
    {
        var error = Assert.ThrowsAsync<ArgumentException>(() => LoadAsync(Write("set", "caf\u00e9/a.png", "dog/a.png"), Write("test", "cafe\u0301/a.png")));
        Assert.That(error!.Message, Does.EndWith("lacks. It looks like its class 'caf\u00e9' (U+00E9), but is 'cafe\u0301' (U+0065 U+0301): another Unicode form of the same letters."));
    }

    private string Write(string name, params string[] files) => PictureFiles.WriteFolder(_folder.File(name), files.Select(file => KeyValuePair.Create(file, _image)));

    private Task<TrainingData> LoadAsync(string data, string? test = null) => TrainingData.LoadAsync(new MLContext(1), data, test, new Shape(3, 8, 8), _notices.Add, CancellationToken.None);
}
