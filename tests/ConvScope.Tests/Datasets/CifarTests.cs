using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ConvScope.Datasets;
using ConvScope.Networks;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Pickle;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training;
using ConvScope.Training.Images;

namespace ConvScope.Tests.Datasets;

/// <summary>CIFAR-10 and CIFAR-100 from archives of the exact format, made by the test.</summary>
public sealed class CifarTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase(true)]
    [TestCase(false)]
    public void Read_Cifar10_GivesImagesLabelsAndNames(bool python)
    {
        var path = CifarFiles.Write10(_folder.File("any-name"), perFile: 12, python);
        ImageSet train = Cifar10.ReadTrain(path), test = Cifar10.ReadTest(path);
        Assert.That((train.Name, train.Count, train.Channels, train.Height, train.Width), Is.EqualTo(("CIFAR-10", 60, 3, 32, 32)));
        Assert.That(train.ClassNames, Is.EqualTo(CifarFiles.Names10));
        for (var index = 0; index < 60; index++)
        {
            Assert.That(train.Label(index), Is.EqualTo((index / 12 + index % 12) % 10));
            Assert.That(train.Image(index).ToArray(), Is.EqualTo(CifarFiles.Pixels(1000 * (index / 12) + index % 12, train.Label(index))));
        }

        Assert.That(Enumerable.Range(0, 12).Select(test.Label), Is.EqualTo(Enumerable.Range(0, 12).Select(index => (5 + index) % 10)));
        Assert.That(test.Image(3).ToArray(), Is.EqualTo(CifarFiles.Pixels(5003, 8)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Read_Cifar100_GivesFineAndCoarseLabels(bool python)
    {
        var path = CifarFiles.Write100(_folder.File("cifar.tar.gz"), perFile: 150, python);
        ImageSet fine = Cifar100.ReadTrain(path), coarse = Cifar100.ReadTest(path, CifarLabels.Coarse);
        Assert.That(fine.ClassNames, Is.EqualTo(CifarFiles.FineNames));
        Assert.That(coarse.ClassNames, Is.EqualTo(CifarFiles.CoarseNames));
        Assert.That(Enumerable.Range(0, 150).Select(fine.Label), Is.EqualTo(Enumerable.Range(0, 150).Select(index => 7 * index % 100)));
        Assert.That(Enumerable.Range(0, 150).Select(coarse.Label), Is.EqualTo(Enumerable.Range(0, 150).Select(index => 7 * index % 100 / 5)));
        Assert.That(coarse.Image(149).ToArray(), Is.EqualTo(CifarFiles.Pixels(1149, coarse.Label(149))));
    }

    [Test]
    public void Read_BothForms_AreTheSameSet()
    {
        string binary = CifarFiles.Write10(_folder.File("a"), 12, python: false), python = CifarFiles.Write10(_folder.File("b"), 12, python: true);
        Assert.That(Cifar10.ReadTrain(python).Checksum(), Is.EqualTo(Cifar10.ReadTrain(binary).Checksum()));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Train_OnAnArchive_LearnsItsImages(bool python)
    {
        var path = CifarFiles.Write10(_folder.File("cifar"), perFile: 40, python);
        ImageSet train = Cifar10.ReadTrain(path), test = Cifar10.ReadTest(path);
        var spec = new NetworkSpec("toy", new Shape(3, 32, 32), Normalization.Centred(3), [new AvgPool2dLayer("pool", 8), new FlattenLayer("flatten"), new LinearLayer("fc1", 32), new ReluLayer("relu"), new LinearLayer("fc2", 10)]);
        using var network = spec.CreateModule(1);
        using LabeledImages images = Tensors(train), validation = Tensors(test);
        var result = new Trainer(new TrainingOptions { Epochs = 60, BatchSize = 20, LearningRate = 0.1 }).Train(network, images, validation);
        Assert.That(result.Epochs[^1].ValidationAccuracy, Is.GreaterThan(0.9));

        LabeledImages Tensors(ImageSet set) => LabeledImages.Create(
            [.. Enumerable.Range(0, set.Count).SelectMany(index => set.Image(index).ToArray())], [.. Enumerable.Range(0, set.Count).Select(index => (long)set.Label(index))], spec.Input);
    }

    [Test]
    public void Read_PlainTar_IsReadToo()
    {
        var path = CifarFiles.Write10(_folder.File("a.tar.gz"), 10, python: false);
        using (var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress))
        using (var plain = File.Create(_folder.File("a.tar")))
            packed.CopyTo(plain);
        Assert.That(Cifar10.ReadTrain(_folder.File("a.tar")).Checksum(), Is.EqualTo(Cifar10.ReadTrain(path).Checksum()));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Read_TruncatedArchive_SaysSo(bool python)
    {
        var path = CifarFiles.Write10(_folder.File("a"), 20, python);
        var bytes = File.ReadAllBytes(path);
        foreach (var share in new[] { 0.01, 0.3, 0.7 })
        {
            File.WriteAllBytes(path, bytes[..(int)(bytes.Length * share)]);
            Assert.That(Assert.Throws<DamagedFileException>(() => Cifar10.ReadTrain(path))!.Message, Does.StartWith($"'{path}' is not a readable archive of CIFAR-10: ").Or.StartWith($"'{path}!/cifar-10-batches-py/data_batch_"), $"{share}");
        }
    }

    [Test]
    public void Read_SomethingElse_SaysSo()
    {
        File.WriteAllText(_folder.File("a"), new string('x', 5000));
        Assert.That(Assert.Throws<DamagedFileException>(() => Cifar10.ReadTrain(_folder.File("a")))!.Message, Does.StartWith($"'{_folder.File("a")}' is not a readable archive of CIFAR-10: it is truncated, damaged, or no tar archive ("));
        Assert.That(Assert.Throws<FileNotFoundException>(() => Cifar10.ReadTrain(_folder.File("b")))!.Message, Is.EqualTo($"There is no archive '{_folder.File("b")}'."));
        var hundred = CifarFiles.Write100(_folder.File("c"), 5, python: true);
        Assert.That(Assert.Throws<DamagedFileException>(() => Cifar10.ReadTrain(hundred))!.Message, Is.EqualTo($"'{hundred}' is not a readable archive of CIFAR-10: it has no file 'data_batch_1' or 'data_batch_1.bin'."));
    }

    [Test]
    public void Read_BinaryFileOfAnotherSize_NamesItAndTheSize() => Assert.That(
        Broken10("test_batch.bin", new byte[3074]), Does.EndWith("'x/test_batch.bin' cannot be read: it has 3074 bytes, which is no whole number of images of 3073 bytes."));

    [Test]
    public void Read_LabelOutsideTheClasses_NamesTheImage() => Assert.That(
        Broken10("test_batch.bin", [.. new byte[3073], 10, .. new byte[3072]]), Does.EndWith("image 1 of 'test_batch' has label 10; there are 10 classes."));

    [Test]
    public void Read_PickleThatCallsSomething_IsRefused() => Assert.That(
        Broken10("test_batch", "cposix\nsystem\n(S'true'\ntR."u8.ToArray()), Does.Contain("the pickle asks for 'posix.system', which no array of bytes needs; it is refused."));

    [TestCase("torch._utils", "_rebuild_tensor_v2")]
    [TestCase("_codecs", "encode")]
    [TestCase("numpy.core.multiarray", "scalar")]
    [TestCase("builtins", "getattr")]
    public void Read_GlobalThatArraysDoNotNeed_IsRefused(string module, string name) => Assert.That(
        Broken10("test_batch", Encoding.ASCII.GetBytes($"c{module}\n{name}\n.")), Does.Contain($"the pickle asks for '{module}.{name}', which no array of bytes needs; it is refused."));

    [TestCase("numpy.core.multiarray", "_reconstruct")]
    [TestCase("numpy", "ndarray")]
    [TestCase("numpy", "dtype")]
    public void Read_CheckpointThatAsksForNumpy_GetsNothingButTheName(string module, string name)
    {
        var input = new PickleInput(new MemoryStream(Encoding.ASCII.GetBytes($"c{module}\n{name}\n.")), "a.pth", 0, 100);
        Assert.That(new PickleReader(input, _ => throw new InvalidOperationException()).Read(), Is.EqualTo(new InertName(module, name)));
    }

    [Test]
    public void Read_DataOfAnotherShape_SaysWhatIsExpected() => Assert.That(
        Broken10("test_batch", CifarFiles.Pickled(("labels", new[] { 1 }), ("data", "text"))), Does.EndWith("'x/test_batch' cannot be read: its entry 'data' is no array of bytes, N x 3072."));

    [Test]
    public void Read_FewerLabelsThanImages_SaysSo() => Assert.That(
        Broken10("test_batch", CifarFiles.Pickled(("labels", new[] { 1 }), ("data", new[] { new byte[3072], new byte[3072] }))), Does.EndWith("its entry 'labels' is no list of 2 labels."));

    [Test]
    public void Read_MutatedPickles_EndInAnAnswerOrAnErrorThatNamesTheFile()
    {
        var random = new Random(1);
        var original = CifarFiles.Pickled(("labels", Enumerable.Range(0, 3).ToArray()), ("data", Enumerable.Range(0, 3).Select(index => CifarFiles.Pixels(index, index)).ToArray()));
        for (var round = 0; round < 400; round++)
        {
            var mutant = (byte[])original.Clone();
            for (var count = random.Next(1, 4); count > 0; count--)
                mutant[random.Next(3) == 0 ? mutant.Length - 1 - random.Next(8) : random.Next(260)] = (byte)random.Next(256);
            var path = Write10("test_batch", mutant);
            try
            {
                Cifar10.ReadTest(path);
            }
            catch (DamagedFileException exception)
            {
                Assert.That(exception.Message, Does.StartWith($"'{path}"), $"round {round}");
            }
        }
    }

    [Test]
    public async Task Find_ArchiveInTheCache_IsTakenWhereItsChecksumIsRight()
    {
        var bytes = File.ReadAllBytes(CifarFiles.Write10(_folder.File("made"), 5, python: true));
        PublishedArchive[] published = [new("a-binary.tar.gz", new string('0', 32)), new("a-python.tar.gz", Md5(bytes))];
        Directory.CreateDirectory(_folder.File("cache/toy"));
        File.WriteAllBytes(_folder.File("cache/toy/a-python.tar.gz"), bytes);
        Assert.That(await Cache(published, null).FindAsync(default), Is.EqualTo(_folder.File("cache/toy/a-python.tar.gz")));
    }

    [Test]
    public void Find_ArchiveOfAnotherChecksum_IsNotUsedAndNamed()
    {
        Directory.CreateDirectory(_folder.File("cache/toy"));
        File.WriteAllBytes(_folder.File("cache/toy/a.tar.gz"), [1, 2, 3]);
        var error = Assert.ThrowsAsync<IOException>(() => Cache([new("a.tar.gz", new string('0', 32))], null).FindAsync(default))!;
        Assert.That(error.Message, Does.Contain($"'{_folder.File("cache/toy/a.tar.gz")}' has MD5 5289df737df57326fcdd22597afb1fac; {new string('0', 32)} was expected: it is damaged, truncated or another file"));
        Assert.That(error.Message, Does.Contain("nowhere: not to be had").And.Contains($"Put a.tar.gz by hand into '{_folder.File("cache/toy")}'"));
    }

    [Test]
    public async Task Find_Download_IsCheckedAndKept()
    {
        byte[] content = [1, 2, 3];
        var path = await Cache([new("a.tar.gz", "5289df737df57326fcdd22597afb1fac")], content).FindAsync(default);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(content));
    }

    [Test]
    public void Find_DamagedDownload_LeavesNothing()
    {
        Assert.That(Assert.ThrowsAsync<IOException>(() => Cache([new("a.tar.gz", new string('0', 32))], [1, 2, 3]).FindAsync(default))!.Message,
            Does.Contain("nowhere: a.tar.gz has MD5 5289df737df57326fcdd22597afb1fac; 00000000000000000000000000000000 was expected"));
        Assert.That(Directory.GetFiles(_folder.File("cache/toy")), Is.Empty);
    }

    [Test]
    public void LoadTrain_ArchiveOfTheTestInTheCache_IsRefusedByItsChecksum()
    {
        Directory.CreateDirectory(_folder.File("cifar-10"));
        CifarFiles.Write10(_folder.File("cifar-10/cifar-10-binary.tar.gz"), 5, python: false);
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(30)); // for the net, which may not be there
        Assert.That(Assert.CatchAsync(() => Cifar10.LoadTrainAsync(_folder.Path, cancellation: source.Token))!, Is.InstanceOf<IOException>().With.Message.Contain("c32a1d4ab5d03f1284b67883e8d87530 was expected").Or.InstanceOf<OperationCanceledException>());
    }

    private static string Md5(byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private ArchiveCache Cache(PublishedArchive[] archives, byte[]? content) => new("toy", archives, "nowhere",
        (_, _) => content is null ? throw new IOException("not to be had") : Task.FromResult<Stream>(new MemoryStream(content)), _folder.File("cache"));

    private string Broken10(string member, byte[] content)
    {
        var path = Write10(member, content);
        var message = Assert.Throws<DamagedFileException>(() => Cifar10.ReadTest(path))!.Message;
        Assert.That(message, Does.StartWith($"'{path}"));
        return message;
    }

    private string Write10(string member, byte[] content) => CifarFiles.WritePacked(_folder.File("a.tar.gz"),
        [KeyValuePair.Create($"x/{member}", content), KeyValuePair.Create("x/batches.meta.txt", Encoding.ASCII.GetBytes(string.Join('\n', CifarFiles.Names10)))]);
}
