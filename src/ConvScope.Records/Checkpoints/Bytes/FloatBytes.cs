using System.Runtime.InteropServices;

namespace ConvScope.Records.Checkpoints.Bytes;

/// <summary>A storage of floats in host memory.</summary>
internal sealed class FloatBytes(float[] values) : StorageBytes
{
    public override long Length => values.LongLength * sizeof(float);

    public override void Read(long offset, Span<byte> destination) =>
        MemoryMarshal.AsBytes(values.AsSpan((int)(offset / sizeof(float)))).Slice((int)(offset % sizeof(float)), destination.Length).CopyTo(destination);
}
