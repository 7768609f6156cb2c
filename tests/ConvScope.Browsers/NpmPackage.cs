using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace ConvScope.Browsers;

/// <summary>
/// A headless Chromium inside a package of the npm registry, for Linux on x64: 70 MB fetched, 220 MB in the cache, with libraries and a
/// font of its own.
/// </summary>
public sealed class NpmPackage : BrowserSource
{
    private const string Version = "153.0.0";

    /// <summary>The package and its version.</summary>
    public const string Package = $"@sparticuz/chromium@{Version}";

    private const string Start =
        """
        #!/bin/sh
        here=$(dirname "$(readlink -f "$0")")
        export FONTCONFIG_FILE="$here/fonts.conf" LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
        exec "$here/chromium" "$@"

        """;

    private const string Fonts =
        """
        <?xml version="1.0"?>
        <!DOCTYPE fontconfig SYSTEM "fonts.dtd">
        <fontconfig>
          <dir prefix="relative">fonts</dir>
          <dir>/usr/share/fonts</dir>
          <cachedir prefix="xdg">fontconfig</cachedir>
        </fontconfig>

        """;

    /// <summary>The program that is left in the cache, which starts the browser with its own libraries and fonts.</summary>
    public static string ProgramPath(Machine machine) => $"{Folder(machine)}/chromium.sh";

    /// <inheritdoc />
    public override string Name => "npm";

    /// <inheritdoc />
    public override string Description => $"npm package {Package}";

    /// <inheritdoc />
    public override string? Obstacle(Machine machine) =>
        machine is { Platform: Platform.Linux, IsX64: true } ? Missing(machine, "npm") : "it holds a browser for Linux on x64 only";

    /// <inheritdoc />
    public override void Get(Machine machine)
    {
        var folder = Folder(machine);
        var beside = Directory.CreateDirectory($"{folder}.{Environment.ProcessId}.tmp");
        try
        {
            Run(machine, "npm", "pack", Package, "--silent", "--pack-destination", beside.FullName);
            var archive = beside.EnumerateFiles("*.tgz").FirstOrDefault() ?? throw new IOException("npm pack left no archive.");
            Unpack(archive, beside.FullName);
            archive.Delete();
            if (!machine.HasFile(ProgramPath(machine))) // another build may have been faster
                Directory.Move(beside.FullName, folder);
        }
        finally
        {
            if (Directory.Exists(beside.FullName))
                beside.Delete(recursive: true);
        }
    }

    /// <inheritdoc />
    public override IEnumerable<FoundBrowser> Browsers(Machine machine) => BrowserFinder.OfNpm(machine);

    private static string Folder(Machine machine) => $"{machine.Cache}/chromium/{Version}";

    private static void Unpack(FileInfo archive, string folder)
    {
        using var package = new TarReader(new GZipStream(archive.OpenRead(), CompressionMode.Decompress));
        while (package.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null || !entry.Name.EndsWith(".br", StringComparison.Ordinal))
                continue;
            using var content = new BrotliStream(entry.DataStream, CompressionMode.Decompress);
            if (entry.Name.EndsWith(".tar.br", StringComparison.Ordinal))
                TarFile.ExtractToDirectory(content, folder, overwriteFiles: true);
            else
                Write($"{folder}/{Path.GetFileNameWithoutExtension(entry.Name)}", content.CopyTo);
        }

        Write($"{folder}/fonts.conf", file => file.Write(Encoding.UTF8.GetBytes(Fonts)));
        Write($"{folder}/chromium.sh", file => file.Write(Encoding.UTF8.GetBytes(Start)));
    }

    private static void Write(string path, Action<Stream> write)
    {
        using (var file = File.Create(path))
            write(file);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | Execute);
        }
    }
}
