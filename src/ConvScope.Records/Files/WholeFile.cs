namespace ConvScope.Records.Files;

/// <summary>Writes files beside their place and renames them, so that a reader never sees half of one and a failure leaves nothing.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file; an existing one is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="toDisk">Whether the content is on the disk before the name is, as a file wants it that must survive a power cut.</param>
    public static void Write(string path, Action<FileStream> write, bool toDisk = false)
    {
        var beside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: toDisk);
            }

            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
