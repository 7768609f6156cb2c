using System.Formats.Tar;
using ConvScope.Datasets;
using ConvScope.Records.Files;

namespace ConvScope.Tests.Datasets;

/// <summary>The rule: of whatever lies in a folder or archive each image is listed once and under its own class, what is left out is counted, and only what would lose or falsify a class is refused.</summary>
public sealed class FoldersAsTheyAreTests
{
    private static readonly byte[] _image = PictureFiles.Draw(0, 0);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("bars/all", "..", "link back to a folder above it")]
    [TestCase("bars/latest", ".", "link back to a folder above it")]
    [TestCase("bars/far", "../../..", "link back to a folder above it")]
    [TestCase("all", ".", "link back to a folder above it")]
    [TestCase("bars/deep/x", "../../../set", "link back to a folder above it")]
    [TestCase("bars/other", "../dots", "link to a folder that is here already")]
    [TestCase("stripes", "bars", "link to a folder that is here already")]
    [TestCase("bars/one.png", "../dots/000.png", "link to an image that is here already")]
    public void Open_LinkThatLeadsBackOrToWhatIsHere_ListsEachImageOnce(string link, string target, string what)
    {
        var root = Set();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, link))!);
        Link(Path.Combine(root, link), target);
        using var images = ImageFolder.Open(root);
        AssertBarsAndDots(images);
        Assert.That(images.LeftOut.Select(left => left.ToString()), Is.EqualTo(new[] { $"1 {what} ({link})" }));
    }

    [Test]
    public void Open_TwoFoldersThatLinkToEachOther_ListsEachImageOnce()
    {
        var root = Set();
        Link(Path.Combine(root, "bars/to"), "../dots");
        Link(Path.Combine(root, "dots/fro"), "../bars");
        using var images = ImageFolder.Open(root);
        AssertBarsAndDots(images);
    }

    [Test]
    public void Open_ClassFoldersThatAreLinks_FollowsThem()
    {
        var root = Set();
        Directory.CreateDirectory(_folder.File("linked"));
        Link(_folder.File("linked/bars"), "../set/bars");
        Link(_folder.File("linked/dots"), Path.Combine(root, "dots"));
        Link(_folder.File("through"), "linked");
        foreach (var path in new[] { "linked", "through" })
        {
            using var images = ImageFolder.Open(_folder.File(path));
            AssertBarsAndDots(images);
            Assert.That(images.LeftOut, Is.Empty);
        }
    }

    [Test]
    public void Open_LinkedFolderWithALinkBackIntoTheSet_ListsEachImageOnce()
    {
        var root = Set();
        PictureFiles.WriteFolder(_folder.File("store"), [new("900.png", _image)]);
        Link(_folder.File("store/back"), root);
        Link(Path.Combine(root, "dots/more"), _folder.File("store"));
        using var images = ImageFolder.Open(root);
        Assert.That(images.Count, Is.EqualTo(9));
        Assert.That(images.LeftOut.Single().What, Is.EqualTo("link back to a folder above it"));
    }

    [Test]
    public void Open_ImagesThatAreLinksElsewhere_TakesThemAndKeepsTheBrokenOneToBeNamed()
    {
        var root = Set();
        PictureFiles.WriteFolder(_folder.File("store"), [new("a.png", _image)]);
        Link(Path.Combine(root, "bars/a.png"), "../../store/a.png");
        Link(Path.Combine(root, "bars/gone.png"), "nowhere.png");
        Link(Path.Combine(root, "bars/round.png"), "round.png");
        using var images = ImageFolder.Open(root);
        Assert.That(images.Count, Is.EqualTo(11));
        Assert.That(images.ReadBytes(4), Is.EqualTo(_image));
        Assert.Throws<FileNotFoundException>(() => images.ReadBytes(5));
    }

    [Test]
    public void Open_FilesOfAllKinds_TakesImagesAndCountsTheOthers()
    {
        var root = Set();
        string[] more =
        [
            "bars/a.WEBP", "bars/b.bmp", "bars/c.gif", "bars/d.jfif", "bars/e.JPE", "bars/f.tif", "dots/g.TIF", "dots/h.heic", "dots/i", "dots/.hidden.png", "dots/.git/x.png", "notes/a.txt", "notes/b.xml",
            "lost+found/x.png", "__MACOSX/bars/y.png", "bars/Thumbs.db", "labels.csv", "cover.png",
        ];
        PictureFiles.WriteFolder(root, more.Select(name => KeyValuePair.Create(name, _image)));
        Directory.CreateDirectory(Path.Combine(root, "empty/below"));
        using var images = ImageFolder.Open(root);
        Assert.That(images.ClassNames, Is.EqualTo(new[] { "bars", "dots" }));
        Assert.That(images.Count, Is.EqualTo(13));
        Assert.That(images.LeftOut.Select(left => left.ToString()), Is.EquivalentTo(new[]
        {
            "2 .tif files (bars/f.tif, …)", "1 .heic file (dots/h.heic)", "1 file without an ending (dots/i)", "1 hidden file (dots/.hidden.png)", "1 hidden folder (dots/.git)", "1 .txt file (notes/a.txt)",
            "1 .xml file (notes/b.xml)", "1 folder without an image (notes)", "1 file of the system, in or called lost+found (lost+found/x.png)", "2 folders of the system (__MACOSX, …)",
            "1 file of the system, in or called __MACOSX (__MACOSX/bars/y.png)", "1 file of the system, in or called Thumbs.db (bars/Thumbs.db)", "1 .csv file (labels.csv)",
            "1 image outside of the class folders (cover.png)", "1 empty folder (empty)",
        }));
        Assert.That(images.Notices.Single(), Does.StartWith("Left out: 2 ").And.Contain("; 1 .heic file (dots/h.heic); "));
    }

    [TestCase("cats/a.tif", "Class folder 'cats' has no image that can be read")]
    [TestCase("cats/a.heic", "Class folder 'cats' has no image that can be read")]
    [TestCase("cats/0123456789abcdef", "Class folder 'cats' has no image that can be read")]
    [TestCase("masks/000.png", "Folder 'masks' holds pictures that belong to those of the other folders")]
    [TestCase("SegmentationClass/003.png", "Folder 'SegmentationClass' holds pictures that belong")]
    public void Open_ClassThatWouldBeLostOrWrong_IsRefusedWithTheReason(string file, string reason)
    {
        var root = PictureFiles.WriteFolder(Set(), [new(file, _image)]);
        Assert.That(Assert.Throws<InvalidDataException>(() => ImageFolder.Open(root))!.Message, Does.StartWith(reason));
    }

    [TestCase("masks/own.png")]
    [TestCase("annotations/000.xml")]
    [TestCase("labels/000.txt")]
    public void Open_FolderThatMayBeAClassOrIsNone_IsTakenOrLeftOut(string file)
    {
        using var images = ImageFolder.Open(PictureFiles.WriteFolder(Set(), [new(file, _image)]));
        Assert.That(images.ClassNames, Is.EqualTo(file.EndsWith("png", StringComparison.Ordinal) ? ["bars", "dots", "masks"] : new[] { "bars", "dots" }));
    }

    [Test]
    public void Open_FortyFoldersDeep_TakesTheImage()
    {
        var deep = string.Join('/', Enumerable.Range(0, 40).Select(level => $"level {level}"));
        using var images = ImageFolder.Open(PictureFiles.WriteFolder(Set(), [new($"bars/{deep}/x.png", _image)]));
        Assert.That(images.Count, Is.EqualTo(9));
    }

    [TestCase("2024-05-06T12:30:{0:00}.png")]
    [TestCase("a\\{0:00}.png")]
    [TestCase("a#%20 {0:00}!.png")]
    [TestCase("ü-Ж-{0:00}.png")]
    [TestCase("a\n{0:00}.png")]
    [TestCase("a\u001b[31m{0:00}.png")]
    [TestCase("b!/{0:00}.png")]
    [TestCase("a//./b/{0:00}.png")]
    [TestCase(" {0:00} .png")]
    public void Open_AwkwardNames_ReadsEveryImageInEveryForm(string name)
    {
        var files = (from c in new[] { "bars", "dots" } from i in Enumerable.Range(0, 4) select KeyValuePair.Create($"{c}/{string.Format(System.Globalization.CultureInfo.InvariantCulture, name, i)}", PictureFiles.Draw(i % 3, i))).ToList();
        foreach (var path in new[] { PictureFiles.WriteFolder(_folder.File("excl!/set"), files), WriteTar(files), PictureFiles.WriteZip(_folder.File("excl!/a.zip"), files) })
        {
            using var images = ImageFolder.Open(path);
            Assert.That((images.Count, images.ClassNames.Count), Is.EqualTo((8, 2)), path);
            using var paths = new ConvScope.Datasets.Files.PathFiles();
            for (var index = 0; index < 8; index++)
            {
                byte[] content = [];
                Assert.That(images.ReadBytes(index), Is.EqualTo(files[index].Value), path);
                Assert.That(paths.Read(images.ImagePath(index), ref content, out var length), Is.Null, "by the path that a column holds");
                Assert.That(content[..length], Is.EqualTo(files[index].Value));
            }
        }
    }

    [Test]
    public void Open_BackslashesInNamesOfTheRoot_AreFolders()
    {
        var root = PictureFiles.WriteFolder(_folder.File("flat"), from c in new[] { "bars", "dots" } from i in Enumerable.Range(0, 4) select KeyValuePair.Create($"{c}\\{i:000}.png", _image));
        using var images = ImageFolder.Open(root);
        AssertBarsAndDots(images);
        Assert.That(images.ReadBytes(7), Is.EqualTo(_image));
    }

    [TestCase("caf\u00e9", "cafe\u0301", "'cafe\u0301' (U+0065 U+0301) and 'caf\u00e9' (U+00E9)")]
    [TestCase("\u1ea5", "a\u0302\u0301", "'a\u0302\u0301' (U+0061 U+0302 U+0301) and '\u1ea5' (U+1EA5)")]
    [TestCase("\u0439", "\u0438\u0306", "'\u0438\u0306' (U+0438 U+0306) and '\u0439' (U+0439)")]
    [TestCase("\u304c", "\u304b\u3099", "'\u304b\u3099' (U+304B U+3099) and '\u304c' (U+304C)")]
    [TestCase("\ud55c", "\u1112\u1161\u11ab", "'\u1112\u1161\u11ab' (U+1112 U+1161 U+11AB) and '\ud55c' (U+D55C)")]
    public void Open_NamesThatDifferInTheirUnicodeForm_AreToldApart(string first, string second, string told)
    {
        using var images = ImageFolder.Open(PictureFiles.WriteFolder(_folder.File("set"), [new($"{first}/a.png", _image), new($"{second}/b.png", _image)]));
        Assert.That(images.ClassNames, Has.Count.EqualTo(2));
        Assert.That(images.Notices, Is.EqualTo(new[] { $"Classes {told} differ only in their Unicode form; they are two classes." }));
    }

    [TestCase("train", "test", "bars")]
    [TestCase("Training", "Validation", "bars")]
    public void Open_PartsInThePlaceOfClasses_AreRefused(string train, string test, string below)
    {
        var root = PictureFiles.WriteFolder(_folder.File("set"), [new($"{train}/{below}/a.png", _image), new($"{test}/{below}/b.png", _image)]);
        Assert.That(Assert.Throws<InvalidDataException>(() => ImageFolder.Open(root))!.Message, Does.Contain($"holds the parts '{train}', '{test}' of a data set").Or.Contain($"holds the parts '{test}', '{train}' of a data set"));
    }

    [TestCase("", "train", "test", null)]
    [TestCase("", "train", "val", null)]
    [TestCase("", "train", "test", "val")]
    [TestCase("", "Train", "Valid", null)]
    [TestCase("imagenette2/", "train", "val", null)]
    public void Find_Parts_AreThePairThatTheyAre(string wrapper, string train, string test, string? unused)
    {
        var files = (from part in new[] { train, test, unused } where part is not null from c in new[] { "bars", "dots" } select KeyValuePair.Create($"{wrapper}{part}/{c}/{part}.png", _image)).ToList();
        files.Add(new("readme.txt", _image));
        foreach (var path in new[] { PictureFiles.WriteFolder(_folder.File("set"), files), PictureFiles.WriteTar(_folder.File("a.tar"), files), PictureFiles.WriteZip(_folder.File("a.zip"), files) })
        {
            var parts = ImageFolderParts.Find(path);
            Assert.That(parts.Unused, Is.EqualTo(unused is null ? Array.Empty<string>() : [unused]));
            using ImageFolder first = ImageFolder.Open(parts.Train), second = ImageFolder.Open(parts.Test!);
            Assert.That(first.ImagePath(1), Does.EndWith($"{wrapper}{train}/dots/{train}.png"));
            Assert.That(second.ImagePath(1), Does.EndWith($"{wrapper}{test}/dots/{test}.png"));
        }
    }

    [Test]
    public void Find_TestWithoutClassFolders_IsNotUsed()
    {
        var root = PictureFiles.WriteFolder(_folder.File("set"), [new("train/bars/a.png", _image), new("train/dots/a.png", _image), new("test/1.png", _image), new("val/bars/1.png", _image)]);
        Assert.That(ImageFolderParts.Find(root), Has.Property("Test").EqualTo(Path.Combine(root, "val")));
        Assert.That(ImageFolderParts.Find(root).Unused, Is.EqualTo(new[] { "test" }));
    }

    [Test]
    public void Find_PartsWithoutClassFolders_SaysSo()
    {
        var root = PictureFiles.WriteFolder(_folder.File("set"), [new("train/a.png", _image), new("test/1.png", _image)]);
        Assert.That(Assert.Throws<InvalidDataException>(() => ImageFolderParts.Find(root))!.Message, Does.EndWith("and 'train' has no class folders."));
    }

    [Test]
    public void Find_ClassesThatAreCalledSo_AreClasses()
    {
        var root = PictureFiles.WriteFolder(_folder.File("set"), [new("train/a.png", _image), new("test/a.png", _image), new("bus/a.png", _image)]);
        Assert.That(ImageFolderParts.Find(root), Is.EqualTo(new ImageFolderParts(root, null, [])).Using<ImageFolderParts>((a, b) => (a.Train, a.Test) == (b.Train, b.Test)));
        using var images = ImageFolder.Open(root);
        Assert.That(images.ClassNames, Is.EqualTo(new[] { "bus", "test", "train" }));
    }

    [Test]
    public void Find_OneFolderAroundTheClasses_IsTheRoot()
    {
        var zip = PictureFiles.WriteZip(_folder.File("pets.zip"), [new("pets/v1/bars/a.png", _image), new("pets/v1/dots/a.png", _image), new("__MACOSX/pets/._a.png", _image)]);
        Assert.That(ImageFolderParts.Find(zip).Train, Is.EqualTo(zip + "!/pets/v1").Or.EqualTo(zip), "two wrappers");
        zip = PictureFiles.WriteZip(_folder.File("pets2.zip"), [new("pets/bars/a.png", _image), new("pets/dots/a.png", _image)]);
        Assert.That(ImageFolderParts.Find(zip).Train, Is.EqualTo(zip + "!/pets"));
    }

    [Test]
    public void Open_LinksAndEmptyFoldersInATar_AreCounted()
    {
        var path = _folder.File("a.tar");
        using (var writer = new TarWriter(File.Create(path)))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "./"));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "./none/"));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "blue/link.jpg") { LinkName = "/etc/hostname" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "blue/one.jpg") { DataStream = new MemoryStream(_image) });
        }

        using var images = ImageFolder.Open(path);
        Assert.That(images.LeftOut.Select(left => left.ToString()), Is.EquivalentTo(new[] { "1 link inside an archive (blue/link.jpg)", "1 empty folder (none)" }));
    }

    [Test]
    public void Open_MemberWithANulInItsName_IsRefusedWithThatReason()
    {
        var zip = PictureFiles.WriteZip(_folder.File("a.zip"), [new("bars/a\0b.png", _image)]);
        Assert.That(Assert.Throws<DamagedFileException>(() => ImageFolder.Open(zip))!.Message, Does.Contain("'bars/a\\u0000b.png', which no file can be called; the archive is refused."));
    }

    private string Set() => PictureFiles.WriteFolder(_folder.File("set"), from c in new[] { "bars", "dots" } from i in Enumerable.Range(0, 4) select KeyValuePair.Create($"{c}/{i:000}.png", _image));

    /// <summary>A tar as Python and GNU tar write it; .NET's own would keep a line break in an extended header, which .NET itself does not read.</summary>
    private string WriteTar(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        using var writer = new TarWriter(File.Create(_folder.File("a.tar")), TarEntryFormat.Gnu);
        foreach (var (name, content) in files)
            writer.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return _folder.File("a.tar");
    }

    private static void Link(string path, string target)
    {
        if (target.EndsWith(".png", StringComparison.Ordinal))
            File.CreateSymbolicLink(path, target);
        else
            Directory.CreateSymbolicLink(path, target);
    }

    private static void AssertBarsAndDots(ImageFolder images)
    {
        Assert.That(images.ClassNames, Is.EqualTo(new[] { "bars", "dots" }));
        Assert.That(Enumerable.Range(0, images.Count).Select(images.Label), Is.EqualTo(new[] { 0, 0, 0, 0, 1, 1, 1, 1 }));
    }
}
