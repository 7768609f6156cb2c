using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ConvScope.Browsers;

namespace ConvScope.Dashboard.Tests.Browsers;

[Platform("Linux,MacOsX", Reason = "what is unpacked are programs and a script of a Unix")]
public sealed class NpmPackageTests
{
    private TemporaryFolder _cache = null!;

    [SetUp]
    public void CreateCache() => _cache = new TemporaryFolder();

    [TearDown]
    public void DeleteCache() => _cache.Dispose();

    [Test]
    public void Get_PackageOfTheRegistry_LeavesAProgramThatStartsTheBrowserWithItsLibrariesAndFonts()
    {
        var machine = MachineThatPacks(folder => WritePackage($"{folder}/sparticuz-chromium-153.0.0.tgz"));
        new NpmPackage().Get(machine);
        var program = NpmPackage.ProgramPath(machine);
        var folder = Path.GetDirectoryName(program);
        Assert.That(Directory.GetFileSystemEntries(_cache.File("chromium")), Is.EqualTo(new[] { folder }), "nothing is left beside it");
        var said = new ThisMachine().Run(program, ["--version"], TimeSpan.FromSeconds(20));
        Assert.That(said.Text.Trim(), Is.EqualTo($"browser --version, libraries in {folder}/lib, fonts by {folder}/fonts.conf"));
        Assert.That(File.ReadAllText($"{folder}/lib/libnss3.so"), Is.EqualTo("nss"));
        Assert.That(File.ReadAllText($"{folder}/fonts/Sans.ttf"), Is.EqualTo("font"));
    }

    [Test]
    public void Get_PackageIsCutOff_LeavesNothing()
    {
        var machine = MachineThatPacks(folder =>
        {
            WritePackage($"{folder}/whole.tgz");
            File.WriteAllBytes($"{folder}/cut.tgz", File.ReadAllBytes($"{folder}/whole.tgz")[..200]);
            File.Delete($"{folder}/whole.tgz");
        });
        Assert.That(() => new NpmPackage().Get(machine), Throws.InstanceOf<IOException>().Or.InstanceOf<InvalidDataException>());
        Assert.That(Directory.GetFileSystemEntries(_cache.File("chromium")), Is.Empty);
    }

    private DrawnMachine MachineThatPacks(Action<string> pack) => new(Platform.Linux)
    {
        Variables = { ["CONVSCOPE_CACHE"] = _cache.Path },
        OnRun = arguments =>
        {
            if (arguments is ["pack", "@sparticuz/chromium@153.0.0", .., var destination])
                pack(destination);
        },
    };

    private static void WritePackage(string path)
    {
        const string Browser = """
            #!/bin/sh
            echo "browser $1, libraries in $LD_LIBRARY_PATH, fonts by $FONTCONFIG_FILE"
            """;
        using var package = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest));
        Add(package, "package/package.json", Encoding.UTF8.GetBytes("{}"));
        Add(package, "package/bin/chromium.br", Packed(Encoding.UTF8.GetBytes(Browser)));
        Add(package, "package/bin/al2023.tar.br", Packed(Tar("lib/libnss3.so", "nss")));
        Add(package, "package/bin/fonts.tar.br", Packed(Tar("fonts/Sans.ttf", "font")));
    }

    private static byte[] Tar(string name, string content)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
            Add(tar, name, Encoding.UTF8.GetBytes(content));
        return bytes.ToArray();
    }

    private static byte[] Packed(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var packing = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            packing.Write(content);
        return bytes.ToArray();
    }

    private static void Add(TarWriter tar, string name, byte[] content) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
}
