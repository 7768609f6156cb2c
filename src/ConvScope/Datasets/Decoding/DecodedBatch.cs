using System.Runtime.ExceptionServices;

namespace ConvScope.Datasets.Decoding;

/// <summary>A batch while it is decoded: places of its images in one buffer that is used again and again.</summary>
internal sealed class DecodedBatch(int capacity, int imageSize)
{
    /// <summary>Pixels, image after image.</summary>
    public byte[] Pixels { get; } = GC.AllocateUninitializedArray<byte>(checked(capacity * imageSize));

    /// <summary>Why each image could not be decoded; null where it was.</summary>
    public string?[] Reasons { get; } = new string?[capacity];

    /// <summary>Images that are still to come.</summary>
    public int Missing { get; set; }

    /// <summary>What went wrong beyond an image of its own; null for nothing.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }

    /// <summary>The place of an image.</summary>
    public Span<byte> Place(int index) => Pixels.AsSpan(index * imageSize, imageSize);
}
