namespace ConvScope.Datasets.Files;

/// <summary>Stands for an archive that cannot be opened: it has no files, and says why where one is asked for.</summary>
/// <param name="reason">Why.</param>
internal sealed class UnreadableSource(string reason) : FileSource
{
    /// <summary>Why the archive cannot be opened.</summary>
    public string Reason => reason;

    public override int Count => 0;

    public override string Name(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public override string PathOf(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public override long Length(int index) => -1;

    public override int Read(int index, ref byte[] buffer) => throw new IOException(reason);

    public override void Dispose()
    {
    }
}
