namespace ConvScope.Records.Checkpoints.Bytes;

/// <summary>A part of another storage.</summary>
internal sealed class SubBytes(StorageBytes whole, long begin, long length) : StorageBytes
{
    public override long Length => length;

    public override void Read(long offset, Span<byte> destination) => whole.Read(begin + offset, destination);
}
