namespace ConvScope.Training.Images;

/// <summary>How a set that is larger than memory is streamed. None of this but <see cref="BlockSize"/> and <see cref="MixedBlocks"/> changes what a training sees.</summary>
public sealed record StreamingOptions
{
    /// <summary>
    /// Bytes that a set may have decoded, one a value, to be decoded once and held, on the device or, where that is a GPU without room
    /// for it, in host memory; 0 streams every set. Default 1 GiB.
    /// </summary>
    public long ResidentLimit { get; init; } = 1L << 30;

    /// <summary>Threads that decode, at least 1; null, the default, for one a processor.</summary>
    public int? DecoderThreads { get; init; }

    /// <summary>Batches that are decoded ahead, at least 1; large batches are held to 128 MiB, two batches at least. Default 4.</summary>
    public int PrefetchedBatches { get; init; } = 4;

    /// <summary>Neighbouring images that are read close to each other in time, at least 1; 1 shuffles without blocks. Default 16.</summary>
    public int BlockSize { get; init; } = 16;

    /// <summary>Blocks that are shuffled together, at least 1: a batch mixes images of so many places of the set. Default 256, with 16 images each 4,096 images.</summary>
    public int MixedBlocks { get; init; } = 256;

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ResidentLimit);
        if (DecoderThreads is { } threads)
            ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1, nameof(DecoderThreads));
        ArgumentOutOfRangeException.ThrowIfLessThan(PrefetchedBatches, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BlockSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MixedBlocks, 1);
    }
}
