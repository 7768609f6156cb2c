using System.Security.Cryptography;

namespace ConvScope.Records.Files;

/// <summary>
/// Writes files beside their place and renames them: a reader never sees half of one, a failure leaves what was there before, and any number of threads and processes may write the same file.
/// </summary>
internal static class WholeFile
{
    /// <summary>Writes a file; an existing one is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="toDisk">Whether the content is on the disk before the name is, as a file wants it that must survive a power cut.</param>
    public static void Write(string path, Action<FileStream> write, bool toDisk = false)
    {
        var beside = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}.tmp";
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: toDisk);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (ArgumentOutOfRangeException exception) // what .NET makes of a file that is larger than its disk, or a limit, allows
        {
            throw new IOException($"'{path}' cannot be written: {exception.Message}", exception);
        }
        finally
        {
            Discard(beside);
        }
    }

    /// <summary>Deletes a file that is of no more use; one that cannot be deleted stays.</summary>
    public static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // what failed before is told
        }
    }
}
