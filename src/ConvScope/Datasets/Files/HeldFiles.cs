namespace ConvScope.Datasets.Files;

/// <summary>Files whose contents are in memory.</summary>
/// <param name="contents">The contents.</param>
/// <param name="name">Names a file by its index, as messages have it.</param>
internal sealed class HeldFiles(IReadOnlyList<byte[]> contents, Func<int, string> name) : FileSource
{
    public override int Count => contents.Count;

    public override string Name(int index) => name(index);

    public override string PathOf(int index) => name(index);

    public override long Length(int index) => contents[index].Length;

    public override int Read(int index, ref byte[] buffer)
    {
        var content = contents[index];
        MakeRoom(ref buffer, content.Length);
        content.CopyTo(buffer, 0);
        return content.Length;
    }

    public override void Dispose()
    {
    }
}
