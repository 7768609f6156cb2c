using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>What can be said of training images and labels before anything is learned; measured once, on the probe set.</summary>
internal static class DataChecks
{
    private const long MostCompared = 1024, FewestCompared = 64;
    private const long MostValues = 16 << 20; // of the images that are compared, as floats 64 MiB
    private const long RowsAtOnce = 256;

    /// <summary>Measures images and labels.</summary>
    /// <param name="images"><c>[N, …]</c>, raw.</param>
    /// <param name="labels"><c>[N]</c>, 64-bit integers.</param>
    /// <param name="classCount">Number of classes <c>K</c>.</param>
    /// <returns>Pairs of quantity and value; see <see cref="QuantityNames"/>.</returns>
    public static IReadOnlyList<(string Quantity, double Value)> Measure(Tensor images, Tensor labels, int classCount)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var count = Math.Min(images.shape[0], Math.Clamp(MostValues * images.shape[0] / images.NumberOfElements, FewestCompared, MostCompared));
        var rows = images.narrow(0, 0, count).to(ScalarType.Float32).reshape(count, -1); // [N, values]
        var classes = MemoryMarshal.Cast<byte, long>(labels.cpu().bytes).ToArray();
        var shares = Enumerable.Range(0, classCount).Select(label => (double)classes.Count(one => one == label) / classes.Length).ToArray();
        var constant = rows.std(1, unbiased: false).eq(0).mean([], false, ScalarType.Float64).item<double>();
        return
        [
            (QuantityNames.ConstantImages, constant),
            (QuantityNames.ClassImbalance, shares.Max() / Math.Max(shares.Min(), 0.5 / classes.Length)),
            (QuantityNames.NeighbourAgreement, Agreement(rows, labels.narrow(0, 0, count))),
            (QuantityNames.ChanceAgreement, shares.Sum(share => share * share)),
        ];
    }

    /// <summary>Share of validation images that are in the training set too, pixel for pixel.</summary>
    public static double SharedImages(Tensor train, Tensor validation)
    {
        var known = Hashes(train).ToHashSet();
        return Hashes(validation).Average(hash => known.Contains(hash) ? 1.0 : 0.0);
    }

    private static IEnumerable<UInt128> Hashes(Tensor images)
    {
        for (var start = 0L; start < images.shape[0]; start += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var rows = images.narrow(0, start, Math.Min(RowsAtOnce, images.shape[0] - start)).cpu().contiguous();
            var bytes = rows.bytes.ToArray();
            foreach (var row in bytes.Chunk(bytes.Length / (int)rows.shape[0]))
                yield return MemoryMarshal.Read<UInt128>(SHA256.HashData(row));
        }
    }

    /// <summary>Share of images whose nearest other image, by Euclidean distance, has the same label.</summary>
    private static double Agreement(Tensor rows, Tensor labels)
    {
        var squares = rows.square().sum(1); // [N]
        var distances = squares.unsqueeze(1) + squares.unsqueeze(0) - 2 * rows.mm(rows.t()); // [N, N]
        var nearest = distances.add_(eye(rows.shape[0], device: rows.device).mul_(1e30f)).argmin(1); // not itself
        return labels.index_select(0, nearest).eq(labels).mean([], false, ScalarType.Float64).item<double>();
    }
}
