using ConvScope.Native;

namespace ConvScope.Tests.Native;

public sealed class CacheFolderTests
{
    [Test]
    public void Choose_FolderThatIsThereOrCanBeMade_IsTaken()
    {
        using var folder = new TemporaryFolder();
        Assert.That(CacheFolder.Choose(folder.File("home/.cache/convscope"), folder.Path), Is.EqualTo(folder.File("home/.cache/convscope")));
        Assert.That(CacheFolder.Choose(folder.File("home/.cache/convscope"), folder.Path), Is.EqualTo(folder.File("home/.cache/convscope")));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void Choose_UserWithoutAHome_GetsAFolderOfItsOwnAmongTheTemporaryFiles()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("home"), "no folder can be made in a file");
        var chosen = CacheFolder.Choose(folder.File("home/.cache/convscope"), folder.Path);
        Assert.That(Path.GetFileName(chosen), Does.Match("^convscope-[0-9]+$"));
        Assert.That(Path.GetDirectoryName(chosen), Is.EqualTo(folder.Path));
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(chosen), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.That(CacheFolder.Choose(folder.File("home/.cache/convscope"), folder.Path), Is.EqualTo(chosen), "also the next time");
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void Choose_NoPlaceAtAll_NamesTheUsers()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "");
        Assert.That(CacheFolder.Choose(folder.File("file/convscope"), folder.File("file")), Is.EqualTo(folder.File("file/convscope")));
    }
}
