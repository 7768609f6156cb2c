using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>Counts tensors over <see cref="HistogramBins"/>.</summary>
internal static class HistogramCounts
{
    private const int LargestChunk = 1 << 21; // elements counted at once: the work is done in double precision
    private const int LargestChunkOnCpu = 1 << 16; // these stay in the cache

    /// <summary>Counts several tensors on their device.</summary>
    /// <param name="tensors">Tensors of floating point, at least one, all on one device.</param>
    /// <returns>64-bit counts, <c>[tensors, 150]</c>, on the device.</returns>
    public static Tensor Measure(IReadOnlyList<Tensor> tensors)
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
        var magnitude = values.abs().log2_().mul_(HistogramBins.PerOctave).floor_().add_(-HistogramBins.LowestOctave * HistogramBins.PerOctave).clamp_(-1, HistogramBins.Magnitudes).add_(2); // 1 underflow, 2..73, 74 overflow
        var bins = values.sign().mul_(magnitude).add_(HistogramBins.Zero).nan_to_num(HistogramBins.NaN).to(ScalarType.Int64);
        var first = 0L;
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            bins.narrow(0, first, tensor.NumberOfElements).add_(offset);
            first += tensor.NumberOfElements;
            offset += HistogramBins.Count;
        }

        // bincount would wait for a GPU twice, to see the smallest and the largest bin.
        var counts = zeros([offset], ScalarType.Int64, values.device).scatter_add_(0, bins, ones_like(bins));
        return counts.reshape(tensors.Count, HistogramBins.Count).MoveToOuterDisposeScope();
    }
}
