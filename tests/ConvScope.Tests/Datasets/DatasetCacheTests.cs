using System.IO.Compression;
using System.Security.Cryptography;
using ConvScope.Datasets;

namespace ConvScope.Tests.Datasets;

/// <summary>The order in which sources are asked, and what is kept.</summary>
public sealed class DatasetCacheTests
{
    private static readonly byte[] _content = [1, 2, 3];

    private static readonly DatasetFile _first = new("first", Convert.ToHexStringLower(SHA256.HashData(_content)));
    private static readonly DatasetFile _second = new("second", _first.Sha256);

    private readonly List<string> _asked = [];
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _asked.Clear();
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Find_FilesInTheCache_AsksNobody()
    {
        await Cache(Source("a", _content)).FindAsync([_first], default);
        _asked.Clear();
        var paths = await Cache(Source("a", _content)).FindAsync([_first], default);
        Assert.That(_asked, Is.Empty);
        Assert.That(paths, Is.EqualTo(new[] { _folder.File("toy/first") }));
        Assert.That(File.ReadAllBytes(paths[0]), Is.EqualTo(_content));
    }

    [Test]
    public async Task Find_DamagedFileInTheCache_FetchesItAgain()
    {
        Directory.CreateDirectory(_folder.File("toy"));
        File.WriteAllBytes(_folder.File("toy/first"), [1, 2]);
        await Cache(Source("a", _content)).FindAsync([_first], default);
        Assert.That(File.ReadAllBytes(_folder.File("toy/first")), Is.EqualTo(_content));
    }

    [Test]
    public async Task Find_SourceWithAnotherContent_GoesOnToTheNext()
    {
        await Cache(Source("a", [9]), Source("b", _content)).FindAsync([_first], default);
        Assert.That(_asked, Is.EqualTo(new[] { "a first", "b first" }));
        Assert.That(File.ReadAllBytes(_folder.File("toy/first")), Is.EqualTo(_content));
    }

    [Test]
    public async Task Find_PackedContent_KeepsItPlain()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress))
            gzip.Write(_content);
        await Cache(Source("a", packed.ToArray())).FindAsync([_first], default);
        Assert.That(File.ReadAllBytes(_folder.File("toy/first")), Is.EqualTo(_content));
    }

    [Test]
    public async Task Find_SourceThatFailedOnce_IsNotAskedForTheNextFile()
    {
        await Cache(Source("a", null), Source("b", _content)).FindAsync([_first, _second], default);
        Assert.That(_asked, Is.EqualTo(new[] { "a first", "b first", "b second" }));
    }

    [Test]
    public void Find_NoSourceHasIt_NamesEachAttemptAndWhereToPutTheFiles()
    {
        var message = Assert.ThrowsAsync<IOException>(() => Cache(Source("a", null), Source("b", [9])).FindAsync([_first], default))!.Message;
        Assert.That(message, Does.StartWith("toy could not be had: 'first' is not in the cache, and").And.Contains("a: It is not there.").And.Contains($"b: first has SHA-256 {Convert.ToHexStringLower(SHA256.HashData([9]))}; {_first.Sha256} was expected")
            .And.Contains($"Put the files by hand, plain and not packed, into '{_folder.File("toy")}', or let CONVSCOPE_CACHE name a cache that has them."));
        Assert.That(Directory.Exists(_folder.File("toy")), Is.False, "nothing is left");
    }

    [Test]
    public void Find_Cancelled_IsNoFailureOfASource()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.That(() => Cache(new DatasetSource("a", (_, cancellation) => Task.FromCanceled<byte[]>(cancellation)), Source("b", _content)).FindAsync([_first], source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_asked, Is.Empty);
    }

    [Test]
    public async Task Find_ManyAtOnce_LeavesWholeFilesOnly()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new DatasetCache("toy", [new DatasetSource("a", (_, _) => Task.FromResult(_content))], _folder.Path).FindAsync([_first, _second], default))));
        Assert.That(Directory.GetFiles(_folder.File("toy")).Select(Path.GetFileName), Is.EquivalentTo(new[] { "first", "second" }));
    }

    [Test]
    [Category("Slow")]
    public async Task LoadAsync_Mnist_IsTheRealSet()
    {
        var train = await Mnist.LoadTrainAsync();
        var test = await Mnist.LoadTestAsync();
        Assert.That((train.Count, test.Count, train.Height, train.Width), Is.EqualTo((60_000, 10_000, 28, 28)));
        Assert.That(Enumerable.Range(0, 5).Select(train.Label), Is.EqualTo(new[] { 5, 0, 4, 1, 9 }));
        Assert.That(Enumerable.Range(0, 5).Select(test.Label), Is.EqualTo(new[] { 7, 2, 1, 0, 4 }));
    }

    private DatasetCache Cache(params DatasetSource[] sources) => new("toy", sources, _folder.Path);

    private DatasetSource Source(string name, byte[]? content) => new(name, (file, _) =>
    {
        _asked.Add($"{name} {file.Name}");
        return content is null ? throw new IOException("It is not there.") : Task.FromResult(content);
    });
}
