using System.Formats.Tar;
using System.IO.Compression;
using ConvScope.Datasets;
using ConvScope.Records.Files;

namespace ConvScope.Tests.Datasets;

/// <summary>Folders and archives of images: what is found in them, in what order, and what is refused.</summary>
public sealed class ImageFolderTests
{
    private SortedDictionary<string, byte[]> _files = null!;
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _files = PictureFiles.Create(perClass: 4);
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("plain")]
    [TestCase("tar")]
    [TestCase("tar.gz")]
    [TestCase("zip")]
    public void Open_EachForm_HasTheSameImages(string form)
    {
        using var images = ImageFolder.Open(Write(form), _folder.File("cache"));
        Assert.That(images.ClassNames, Is.EqualTo(new[] { "blue", "green", "red" }));
        Assert.That(Enumerable.Range(0, images.Count).Select(index => images.ClassNames[images.Label(index)]), Is.EqualTo(_files.Keys.Select(name => name.Split('/')[0])));
        for (var index = 0; index < images.Count; index++)
        {
            Assert.That(images.ImagePath(index), Does.EndWith("/" + _files.Keys.ElementAt(index)));
            Assert.That(images.ReadBytes(index), Is.EqualTo(_files.Values.ElementAt(index)));
        }
    }

    [TestCase("plain")]
    [TestCase("tar")]
    [TestCase("zip")]
    public void ReadBytes_OnManyThreads_GivesEachItsOwn(string form)
    {
        using var images = ImageFolder.Open(Write(form));
        var expected = _files.Values.ToArray();
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, round => Assert.That(images.ReadBytes(round % images.Count), Is.EqualTo(expected[round % images.Count])));
    }

    [TestCase("tar")]
    [TestCase("zip")]
    public void Open_RootInsideAnArchive_StandsBehindAnExclamationMark(string form)
    {
        var nested = _files.Select(file => KeyValuePair.Create($"./set/train/{file.Key}", file.Value)).Append(KeyValuePair.Create("set/readme.txt", "text"u8.ToArray()));
        var path = form == "tar" ? PictureFiles.WriteTar(_folder.File("a.tar"), nested) : PictureFiles.WriteZip(_folder.File("a.zip"), nested);
        using var images = ImageFolder.Open(path + "!/set/train");
        Assert.That(images.ClassNames, Is.EqualTo(new[] { "blue", "green", "red" }));
        Assert.That(images.ImagePath(0), Is.EqualTo($"{path}!/set/train/blue/000.jpg"));
    }

    [Test]
    public void Open_FoldersInsideAClassAndOtherFiles_TakesTheImages()
    {
        _files["blue/more/deep/x.JPEG"] = _files["blue/000.jpg"];
        _files["blue/notes.txt"] = [1];
        _files["stray.jpg"] = [1];
        using var images = ImageFolder.Open(Write("plain"));
        Assert.That(images.Count, Is.EqualTo(13));
        Assert.That(images.ImagePath(4), Does.EndWith("blue/more/deep/x.JPEG"));
    }

    [Test]
    public void Open_PackedTarAgain_UsesWhatWasUnpacked()
    {
        var packed = Write("tar.gz");
        using (ImageFolder.Open(packed, _folder.File("cache"))) { }
        var unpacked = Directory.GetFiles(_folder.File("cache/unpacked")).Single();
        var written = File.GetLastWriteTimeUtc(unpacked);
        using (ImageFolder.Open(packed, _folder.File("cache"))) { }
        Assert.That(File.GetLastWriteTimeUtc(unpacked), Is.EqualTo(written));
    }

    [TestCase(1)]
    [TestCase(100)]
    [TestCase(3000)]
    public void Open_TruncatedPackedTar_SaysSoAndLeavesNothing(int keptOff)
    {
        var packed = Write("tar.gz");
        File.WriteAllBytes(packed, File.ReadAllBytes(packed)[..^keptOff]);
        Assert.That(Assert.Throws<DamagedFileException>(() => ImageFolder.Open(packed, _folder.File("cache")))!.Message, Does.StartWith($"'{packed}' cannot be unpacked: it is truncated or damaged"));
        Assert.That(Directory.GetFiles(_folder.File("cache/unpacked")), Is.Empty);
    }

    [Test]
    public void Open_PackedFileThatIsNoTar_SaysSoAndLeavesNothing()
    {
        File.WriteAllText(_folder.File("x.tar"), new string('x', 2000));
        var packed = PictureFiles.Pack(_folder.File("x.tar"));
        Assert.That(Assert.Throws<DamagedFileException>(() => ImageFolder.Open(packed, _folder.File("cache")))!.Message, Does.StartWith($"'{packed}' is no whole tar archive: "));
        Assert.That(Directory.GetFiles(_folder.File("cache/unpacked")), Is.Empty);
    }

    [TestCase("../blue/x.jpg")]
    [TestCase("/etc/x.jpg")]
    [TestCase("blue/../../x.jpg")]
    [TestCase("..\\blue\\x.jpg")]
    [TestCase("C:/blue/x.jpg")]
    public void Open_MemberThatPointsOutside_RefusesTheArchive(string name)
    {
        var files = _files.Append(KeyValuePair.Create(name, new byte[] { 1 })).ToList();
        foreach (var path in new[] { PictureFiles.WriteTar(_folder.File("a.tar"), files), PictureFiles.WriteZip(_folder.File("a.zip"), files) })
            Assert.That(Assert.Throws<DamagedFileException>(() => ImageFolder.Open(path))!.Message, Is.EqualTo($"'{path}' has a member '{name}', which points outside of it; the archive is refused."));
    }

    [Test]
    public void Open_LinksInATar_AreNotFollowed()
    {
        var path = _folder.File("a.tar");
        using (var writer = new TarWriter(File.Create(path)))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "blue/link.jpg") { LinkName = "/etc/hostname" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "blue/hard.jpg") { LinkName = "/etc/hostname" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "blue/one.jpg") { DataStream = new MemoryStream(_files["blue/000.jpg"]) });
        }

        using var images = ImageFolder.Open(path);
        Assert.That(images.Count, Is.EqualTo(1));
    }

    [Test]
    public void Open_TruncatedArchive_SaysSo()
    {
        string tar = Write("tar"), zip = Write("zip");
        File.WriteAllBytes(tar, File.ReadAllBytes(tar)[..^3000]);
        File.WriteAllBytes(zip, File.ReadAllBytes(zip)[..^300]);
        Assert.That(Assert.Throws<DamagedFileException>(() => ImageFolder.Open(tar))!.Message, Does.StartWith($"'{tar}' is truncated: member 'red/00").Or.StartWith($"'{tar}' is no whole tar archive: "));
        Assert.That(Assert.Throws<DamagedFileException>(() => ImageFolder.Open(zip))!.Message, Does.StartWith($"'{zip}' is no whole zip archive: "));
    }

    [Test]
    public void Open_TextFile_IsNoArchive()
    {
        File.WriteAllText(_folder.File("a.tar"), new string('x', 2000));
        Assert.That(Assert.Throws<DamagedFileException>(() => ImageFolder.Open(_folder.File("a.tar")))!.Message, Does.StartWith($"'{_folder.File("a.tar")}' is no whole tar archive: "));
    }

    [Test]
    public void Open_NothingThere_SaysSo() => Assert.That(
        Assert.Throws<FileNotFoundException>(() => ImageFolder.Open(_folder.File("none")))!.Message, Is.EqualTo($"There is no folder or archive '{_folder.File("none")}'."));

    [Test]
    public void Open_NoImages_SaysWhatIsThere()
    {
        File.WriteAllText(_folder.File("a.txt"), "");
        Assert.That(Assert.Throws<InvalidDataException>(() => ImageFolder.Open(_folder.Path))!.Message,
            Is.EqualTo($"'{_folder.Path}' has no image in the layout class/name.jpg (.jpg, .jpeg, .png, .webp, .bmp, .gif); it has 'a.txt'."));
    }

    [Test]
    public void ReadBytes_ZipMemberThatPromisesMoreThanItHolds_AllocatesNothingForIt()
    {
        var path = Write("zip");
        var bytes = File.ReadAllBytes(path);
        var directory = bytes.AsSpan().IndexOf("PK\x01\x02"u8); // of the first member: its length lies 24 bytes behind
        BitConverter.TryWriteBytes(bytes.AsSpan(directory + 24), 200_000_000);
        File.WriteAllBytes(path, bytes);
        using var images = ImageFolder.Open(path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => images.ReadBytes(0));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2_000_000));
    }

    [Test]
    public void ReadBytes_FileThatHasGone_SaysWhich()
    {
        using var images = ImageFolder.Open(Write("plain"));
        File.Delete(images.ImagePath(2));
        Assert.That(Assert.Throws<FileNotFoundException>(() => images.ReadBytes(2))!.Message, Does.Contain(images.ImagePath(2)));
    }

    private string Write(string form) => form switch
    {
        "plain" => PictureFiles.WriteFolder(_folder.File("images"), _files),
        "tar" => PictureFiles.WriteTar(_folder.File("images.tar"), _files),
        "tar.gz" => PictureFiles.Pack(PictureFiles.WriteTar(_folder.File("images.tar"), _files)),
        _ => PictureFiles.WriteZip(_folder.File("images.zip"), _files),
    };
}
