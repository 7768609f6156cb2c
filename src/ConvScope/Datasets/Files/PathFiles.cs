namespace ConvScope.Datasets.Files;

/// <summary>Reads files by their paths, one after another; archives that paths lead into stay open. It serves one thread.</summary>
internal sealed class PathFiles : IDisposable
{
    private readonly OpenArchives _archives = new();

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path; see <see cref="MemberPath"/>.</param>
    /// <param name="buffer">Gets the content; replaced by a larger one where it is too small.</param>
    /// <param name="length">Bytes of the content.</param>
    /// <returns>Null, or why it cannot be read.</returns>
    public string? Read(string path, ref byte[] buffer, out int length)
    {
        length = 0;
        if (path.Length == 0)
            return "the path is empty";
        try
        {
            var (file, member) = MemberPath.Split(path);
            if (member.Length == 0 && Directory.Exists(file))
                return "it is a folder";
            length = member.Length == 0 ? new PlainFiles([file]).Read(0, ref buffer) : _archives.Find(file, member, out var index).Read(index, ref buffer);
            return null;
        }
        catch (Exception exception) when (FileSource.IsOfTheFile(exception))
        {
            return exception.Message;
        }
    }

    public void Dispose() => _archives.Dispose();
}
