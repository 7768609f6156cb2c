using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Networks;

namespace ConvScope;

/// <summary>Weights of a described network that are all zero and take no memory until they are read.</summary>
public static class ZeroTensors
{
    /// <summary>All tensors of a network, by its names.</summary>
    public static IReadOnlyList<StoredTensor> Of(NetworkSpec network) => [.. NetworkTensor.Of(network).Select(tensor =>
        StoredTensor.Of(tensor.Name, ElementType.Float32, [.. tensor.Shape], new Zeros(tensor.Shape.Aggregate(4L, (bytes, axis) => bytes * axis))))];

    private sealed class Zeros(long length) : StorageBytes
    {
        public override long Length => length;

        public override void Read(long offset, Span<byte> destination) => destination.Clear();
    }
}
