namespace ConvScope.Records.Checkpoints.Bytes;

/// <summary>A storage in host memory.</summary>
internal sealed class MemoryBytes(ReadOnlyMemory<byte> bytes) : StorageBytes
{
    public override long Length => bytes.Length;

    public override void Read(long offset, Span<byte> destination) => bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
}
