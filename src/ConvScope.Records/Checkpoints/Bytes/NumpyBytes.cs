namespace ConvScope.Records.Checkpoints.Bytes;

/// <summary>A NumPy array of unsigned bytes that a pickle held.</summary>
internal sealed class NumpyBytes
{
    /// <summary>Length of each axis.</summary>
    public IReadOnlyList<int> Shape { get; private set; } = [0];

    /// <summary>The elements, the last axis running fastest.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Gives the array its content.</summary>
    /// <exception cref="InvalidDataException">There are more or fewer bytes than the shape says.</exception>
    public void Set(int[] shape, byte[] bytes)
    {
        if (shape.Aggregate((Int128)1, (product, length) => product * length) != bytes.Length)
            throw new InvalidDataException($"an array of {string.Join('x', shape)} bytes has {bytes.Length}");
        (Shape, Bytes) = (shape, bytes);
    }
}
