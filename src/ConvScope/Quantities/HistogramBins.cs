using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>
/// The bins of every histogram of every run: symmetric about zero and logarithmic in magnitude, two to an octave from 2⁻³⁰ to 2⁶. Exact zeros, magnitudes below and
/// above the range, and NaN are counted in bins of their own, so counts always add up to the tensor's size and histograms of any two moments or runs can be compared.
/// </summary>
/// <remarks>
/// In ascending order of value: bin 0 holds −∞ to −2⁶ (overflow), bins 1 to 72 the negative magnitudes downwards, 73 the negative underflow, 74 exactly zero (of either sign),
/// 75 the positive underflow, 76 to 147 the positive magnitudes upwards, 148 the overflow from 2⁶ to +∞, 149 NaN. A magnitude bin holds its lower edge and not its upper one.
/// </remarks>
public static class HistogramBins
{
    /// <summary>Number of bins.</summary>
    public const int Count = 150;

    /// <summary>Bin of exact zeros.</summary>
    public const int Zero = 74;

    /// <summary>Bin of NaN.</summary>
    public const int NaN = 149;

    private const int PerOctave = 2;
    private const int LowestOctave = -30;
    private const int Magnitudes = 72;
    private const int LargestChunk = 1 << 21; // elements counted at once: the work is done in double precision
    private const int LargestChunkOnCpu = 1 << 16; // these stay in the cache

    /// <summary>Magnitude at which a positive bin begins, <c>2^(−30 + i / 2)</c>.</summary>
    /// <param name="index">The magnitude bin, 0 to 71; 72 gives the upper end of the last one.</param>
    public static double Edge(int index) => Math.Pow(2, LowestOctave + (double)index / PerOctave);

    /// <summary>Counts several tensors on their device.</summary>
    /// <param name="tensors">Tensors of floating point, at least one, all on one device.</param>
    /// <returns>64-bit counts, <c>[tensors, 150]</c>, on the device.</returns>
    internal static Tensor Measure(IReadOnlyList<Tensor> tensors)
    {
        var largest = tensors[0].device_type == DeviceType.CPU ? LargestChunkOnCpu : LargestChunk;
        var counts = new List<Tensor>();
        var chunk = new List<Tensor>();
        var elements = 0L;
        foreach (var tensor in tensors)
        {
            if (chunk.Count > 0 && elements + tensor.NumberOfElements > largest)
            {
                counts.Add(CountChunk(chunk));
                chunk.Clear();
                elements = 0;
            }

            chunk.Add(tensor);
            elements += tensor.NumberOfElements;
        }

        counts.Add(CountChunk(chunk));
        return cat(counts);
    }

    private static Tensor CountChunk(List<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var values = cat(tensors.ConvertAll(tensor => tensor.reshape(-1))).to(ScalarType.Float64);
        var magnitude = values.abs().log2_().mul_(PerOctave).floor_().add_(-LowestOctave * PerOctave).clamp_(-1, Magnitudes).add_(2); // 1 underflow, 2..73, 74 overflow
        var bins = values.sign().mul_(magnitude).add_(Zero).nan_to_num(NaN).to(ScalarType.Int64);
        var first = 0L;
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            bins.narrow(0, first, tensor.NumberOfElements).add_(offset);
            first += tensor.NumberOfElements;
            offset += Count;
        }

        // bincount would wait for a GPU twice, to see the smallest and the largest bin.
        var counts = zeros([offset], ScalarType.Int64, values.device).scatter_add_(0, bins, ones_like(bins));
        return counts.reshape(tensors.Count, Count).MoveToOuterDisposeScope();
    }
}
