namespace ConvScope.GpuCheck;

/// <summary>Parameters and buffers of a network to the last bit, copied to the host.</summary>
internal sealed class WeightBits
{
    private readonly Dictionary<string, byte[]> _bits;

    private WeightBits(Dictionary<string, byte[]> bits) => _bits = bits;

    /// <summary>Copies a network's.</summary>
    public static WeightBits Of(nn.Module network)
    {
        using var scope = NewDisposeScope();
        var tensors = network.state_dict();
        return new WeightBits(tensors.ToDictionary(entry => entry.Key, entry => entry.Value.detach().cpu().contiguous().bytes.ToArray()));
    }

    /// <summary>Whether names and bits are the same.</summary>
    public bool AreThoseOf(WeightBits other) =>
        _bits.Count == other._bits.Count
        && _bits.All(entry => other._bits.TryGetValue(entry.Key, out var bits) && entry.Value.AsSpan().SequenceEqual(bits));
}
