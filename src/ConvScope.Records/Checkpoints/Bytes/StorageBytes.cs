using ConvScope.Records.Files;

namespace ConvScope.Records.Checkpoints.Bytes;

/// <summary>The bytes under one or several tensors, wherever they lie.</summary>
internal abstract class StorageBytes
{
    /// <summary>Number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on; may be called on several threads at once.</summary>
    /// <exception cref="DamagedFileException">The bytes end before.</exception>
    public abstract void Read(long offset, Span<byte> destination);
}
