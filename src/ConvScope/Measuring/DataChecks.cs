using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ConvScope.Quantities;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>What can be said of training images and labels before anything is learned; measured once, on the probe set.</summary>
internal static class DataChecks
{
    private const long MostCompared = 1024, FewestCompared = 64;
    private const long MostValues = 16 << 20; // of the images that are compared, as floats 64 MiB
    private const long RowsAtOnce = 256;
    private const double BytesPerSecond = 4e9, MultiplyAddsPerSecond = 2.5e10; // of an ordinary core, to tell the cost before

    /// <summary>About how long <see cref="Measure"/> takes on the CPU, in seconds.</summary>
    public static double SecondsToMeasure(Tensor images) => (double)Compared(images) * Compared(images) * images.NumberOfElements / images.shape[0] / MultiplyAddsPerSecond;

    /// <summary>About how long <see cref="SharedImages"/> takes, in seconds.</summary>
    public static double SecondsToCompare(Tensor train, Tensor validation) => (train.NumberOfElements + validation.NumberOfElements) * train.ElementSize / BytesPerSecond;

    /// <summary>Measures images and labels.</summary>
    /// <param name="images"><c>[N, …]</c>, raw.</param>
    /// <param name="labels"><c>[N]</c>, 64-bit integers; images with one below 0 are left aside.</param>
    /// <param name="classCount">Number of classes <c>K</c>.</param>
    /// <returns>Pairs of quantity and value; see <see cref="QuantityNames"/>.</returns>
    public static IReadOnlyList<(string Quantity, double Value)> Measure(Tensor images, Tensor labels, int classCount)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        if (labels.lt(0).any().item<bool>())
        {
            var known = labels.ge(0).nonzero().reshape(-1);
            (images, labels) = (images.index_select(0, known), labels.index_select(0, known));
        }

        if (labels.NumberOfElements < 2)
            return [];
        var count = Compared(images);
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

    private static long Compared(Tensor images) => Math.Min(images.shape[0], Math.Clamp(MostValues * images.shape[0] / images.NumberOfElements, FewestCompared, MostCompared));

    /// <summary>Share of validation images that are in the training set too, pixel for pixel.</summary>
    /// <remarks>Checksums sort out nearly all of them at the speed of memory; only images whose checksum is in the other set too are hashed.</remarks>
    public static double SharedImages(Tensor train, Tensor validation)
    {
        var sought = new HashSet<uint>();
        ForEach(validation, row => sought.Add(Checksum(row)));
        var met = new HashSet<uint>();
        var known = new HashSet<UInt128>();
        ForEach(train, row =>
        {
            var checksum = Checksum(row);
            if (!sought.Contains(checksum))
                return;
            met.Add(checksum);
            known.Add(Hash(row));
        });
        var shared = 0L;
        ForEach(validation, row => shared += met.Contains(Checksum(row)) && known.Contains(Hash(row)) ? 1 : 0);
        return (double)shared / validation.shape[0];
    }

    private delegate void RowAction(ReadOnlySpan<byte> row);

    private static void ForEach(Tensor images, RowAction look)
    {
        for (var start = 0L; start < images.shape[0]; start += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var rows = images.narrow(0, start, Math.Min(RowsAtOnce, images.shape[0] - start)).cpu().contiguous();
            ReadOnlySpan<byte> bytes = rows.bytes;
            for (var length = bytes.Length / (int)rows.shape[0]; bytes.Length > 0; bytes = bytes[length..])
                look(bytes[..length]);
        }
    }

    private static UInt128 Hash(ReadOnlySpan<byte> row) => MemoryMarshal.Read<UInt128>(SHA256.HashData(row));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // it runs once, too short for the runtime to optimize it meanwhile
    private static uint Checksum(ReadOnlySpan<byte> row)
    {
        var sum = 0u;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(row))
            sum = BitOperations.Crc32C(sum, word);
        foreach (var last in row[(row.Length & ~7)..])
            sum = BitOperations.Crc32C(sum, last);
        return sum;
    }

    /// <summary>Share of images whose nearest other image, by Euclidean distance, has the same label.</summary>
    private static double Agreement(Tensor rows, Tensor labels)
    {
        var squares = rows.square().sum(1); // [N]
        var distances = squares.unsqueeze(0).addmm(rows, rows.t(), 1, -2); // [N, N]: ‖b‖² − 2ab orders the b as ‖a − b‖² does
        distances.diagonal().fill_(float.PositiveInfinity); // not itself
        var nearest = distances.argmin(1);
        return labels.index_select(0, nearest).eq(labels).mean([], false, ScalarType.Float64).item<double>();
    }
}
