namespace ConvScope.Datasets.Files;

/// <summary>A folder or an archive whose files are read whole, by their index and from any number of threads at once.</summary>
internal abstract class FileSource : IDisposable
{
    /// <summary>Bytes of the largest file that is read.</summary>
    public const int LargestFile = 1 << 28;

    /// <summary>Number of files.</summary>
    public abstract int Count { get; }

    /// <summary>Names of the folders, those without a file included, as far as they are known.</summary>
    public virtual IReadOnlyList<string> Folders => [];

    /// <summary>What is there and no file of the list: what it is, in the singular, and its name.</summary>
    public virtual IReadOnlyList<(string What, string Name)> Notes => [];

    /// <summary>Names of folders that may not be read.</summary>
    public virtual IReadOnlyList<string> Closed => [];

    /// <summary>Name of a file inside the source, with forward slashes.</summary>
    public abstract string Name(int index);

    /// <summary>The path of a file as a message or a cell of a table has it; see <see cref="MemberPath"/>.</summary>
    public abstract string PathOf(int index);

    /// <summary>Bytes of a file; −1 where it is not there.</summary>
    public abstract long Length(int index);

    /// <summary>Reads a file.</summary>
    /// <param name="index">The file.</param>
    /// <param name="buffer">Gets the content from its start; replaced by a larger one where it is too small.</param>
    /// <returns>Bytes of the content.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged inside its archive, or too large.</exception>
    public abstract int Read(int index, ref byte[] buffer);

    /// <inheritdoc />
    public abstract void Dispose();

    /// <summary>Whether an exception is the file's fault: it has gone, may not be read, is damaged in its archive, or its handle was closed.</summary>
    public static bool IsOfTheFile(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException or ObjectDisposedException or NotSupportedException or ArgumentException;

    /// <summary>Makes room for a file that states its length.</summary>
    protected static void MakeRoom(ref byte[] buffer, long length)
    {
        if (length > LargestFile)
            throw new InvalidDataException($"it has {length} bytes; at most {LargestFile} are read");
        if (buffer.Length < length)
            buffer = GC.AllocateUninitializedArray<byte>((int)length);
    }
}
