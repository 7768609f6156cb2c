using System.Buffers.Binary;

namespace ConvScope.Records.Checkpoints.Bytes;

/// <summary>Quantised integers as the 32-bit floats that they stand for, <c>(q − zero) · scale</c>, worked out when they are read.</summary>
internal sealed class QuantisedBytes(StorageBytes whole, ElementType type, double scale, long zero) : StorageBytes
{
    private const int Piece = 1 << 16;

    public override long Length => whole.Length / type.Size() * sizeof(float);

    public override void Read(long offset, Span<byte> destination)
    {
        var size = type.Size();
        var integers = new byte[Math.Min(Piece, destination.Length / sizeof(float)) * size];
        for (var done = 0; done < destination.Length; done += Piece * sizeof(float))
        {
            var part = destination[done..Math.Min(destination.Length, done + Piece * sizeof(float))];
            var count = part.Length / sizeof(float);
            whole.Read((offset + done) / sizeof(float) * size, integers.AsSpan(0, count * size));
            for (var i = 0; i < count; i++)
                BinaryPrimitives.WriteSingleLittleEndian(part[(i * sizeof(float))..], (float)((ElementTypes.ToDouble(type, integers.AsSpan(i * size)) - zero) * scale));
        }
    }
}
