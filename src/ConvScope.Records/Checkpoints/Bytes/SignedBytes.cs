namespace ConvScope.Records.Checkpoints.Bytes;

/// <summary>A storage of floats whose signs a tensor turns: PyTorch keeps a negative and a conjugate view as a bit beside the values.</summary>
internal sealed class SignedBytes(StorageBytes whole, ElementType type, bool negative, bool conjugate) : StorageBytes
{
    private readonly int _size = type.Size();
    private readonly int _part = type is ElementType.Complex32 or ElementType.Complex64 or ElementType.Complex128 ? type.Size() / 2 : type.Size();

    public override long Length => whole.Length;

    public override void Read(long offset, Span<byte> destination)
    {
        whole.Read(offset, destination);
        for (var i = (int)(_part - 1 - offset % _part); i < destination.Length; i += _part)
        {
            var isSecond = _part < _size && (offset + i) % _size == _size - 1; // the imaginary part
            if (negative != (conjugate && isSecond))
                destination[i] ^= 0x80;
        }
    }
}
