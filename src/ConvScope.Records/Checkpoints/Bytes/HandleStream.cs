using Microsoft.Win32.SafeHandles;

namespace ConvScope.Records.Checkpoints.Bytes;

/// <summary>A file that is open already as a stream of its own position, without a buffer; closing it leaves the file open.</summary>
internal sealed class HandleStream(SafeFileHandle file) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; } = RandomAccess.GetLength(file);

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = Position < 0 ? throw new IOException("The position lies before the file.") : RandomAccess.Read(file, buffer, Position);
        Position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => Length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
