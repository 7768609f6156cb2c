using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ConvScope.Native;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;

namespace ConvScope.Datasets.Files;

/// <summary>Opens folders and archives; archives are told apart by their content.</summary>
internal static class FileSources
{
    private const long FreeToUnpack = 1L << 30;
    private const int MostUnpacked = 20; // times the packed size: images hardly pack at all

    /// <summary>Opens a folder, a tar, a zip, or a tar packed with gzip, which is unpacked once into the cache because gzip can only be read from its start.</summary>
    /// <param name="path">The folder or archive.</param>
    /// <param name="cacheFolder">Where a packed archive is unpacked; null for the usual cache.</param>
    /// <exception cref="FileNotFoundException">There is nothing at that path.</exception>
    /// <exception cref="DamagedFileException">The archive is damaged.</exception>
    public static FileSource Open(string path, string? cacheFolder = null)
    {
        if (Directory.Exists(path))
            return PlainFiles.Below(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no folder or archive '{path}'.", path);
        Span<byte> start = stackalloc byte[4];
        using (var file = File.OpenHandle(path))
            start = start[..PlainFiles.ReadAt(file, start, 0)];
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            return OpenUnpacked(Unpacked(path, cacheFolder), path);
        return start.StartsWith("PK"u8) ? new ZipFiles(path) : new TarFiles(path);
    }

    private static TarFiles OpenUnpacked(string unpacked, string path)
    {
        try
        {
            return new TarFiles(unpacked, path);
        }
        catch (DamagedFileException)
        {
            File.Delete(unpacked);
            throw;
        }
    }

    private static string Unpacked(string path, string? cacheFolder)
    {
        var packed = new FileInfo(path);
        var identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{packed.FullName}\n{packed.Length}\n{packed.LastWriteTimeUtc.Ticks}")))[..16];
        var folder = Path.Combine(cacheFolder ?? CacheFolder.Path, "unpacked");
        var unpacked = Path.Combine(folder, $"{identity}-{Path.GetFileNameWithoutExtension(path)}");
        if (File.Exists(unpacked))
            return unpacked;
        Directory.CreateDirectory(folder);
        try
        {
            WholeFile.Write(unpacked, target =>
            {
                using var source = new GZipStream(packed.OpenRead(), CompressionMode.Decompress);
                Copy(source, target, Math.Max(FreeToUnpack, packed.Length * MostUnpacked));
                if ((uint)target.Length != StatedLength(path, packed.Length))
                    throw new InvalidDataException($"it is truncated or damaged: {target.Length} bytes came out of it, its end states another length");
            });
        }
        catch (InvalidDataException exception)
        {
            throw new DamagedFileException(path, $"'{path}' cannot be unpacked: {exception.Message}", exception);
        }

        return unpacked;
    }

    /// <summary>The last four bytes: the length of the content, of which .NET's reader takes no notice, as it does not of an end that is missing.</summary>
    private static uint StatedLength(string path, long packedLength)
    {
        Span<byte> length = stackalloc byte[4];
        using var file = File.OpenHandle(path);
        PlainFiles.ReadAt(file, length, Math.Max(0, packedLength - length.Length));
        return BinaryPrimitives.ReadUInt32LittleEndian(length);
    }

    private static void Copy(Stream source, FileStream target, long most)
    {
        var buffer = new byte[1 << 17];
        for (int read; (read = source.Read(buffer)) > 0;)
        {
            if (target.Position + read > most)
                throw new InvalidDataException($"it unpacks to more than {most} bytes");
            target.Write(buffer, 0, read);
        }
    }
}
