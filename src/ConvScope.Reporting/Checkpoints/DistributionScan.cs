using System.Numerics;
using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Checkpoints;

/// <summary>
/// Measures a tensor in two passes. The first counts values by the upper half of their bits, which order as the values do; the second counts the lower halves where a wanted rank lies.
/// So every percentile is exact, in time that grows with the number of values and memory that does not.
/// </summary>
internal sealed class DistributionScan(StoredTensor tensor)
{
    private const int Piece = 1 << 18; // elements a worker takes at once: 1 MiB
    private const int Few = 1 << 16; // sorting these is faster than counting
    private const int Halves = 1 << 16;
    private const float NearZero = 0.001f;
    private const double ScalePercentile = 0.995;
    private readonly (long Count, double Mean, double Squares)[] _pieces = new (long, double, double)[(tensor.Count + Piece - 1) / Piece];

    public ParameterDistribution Measure()
    {
        if (tensor.Count <= Few)
            return SmallDistribution.Measure(tensor);
        var counts = Pass(() => new Counts(), First, (all, part) => all.Add(part));
        var finite = counts.Upper.Sum();
        if (finite == 0)
            return new ParameterDistribution(tensor.Name, tensor.ShapeText, TypeName, tensor.Count, tensor.Count, 0, 0, 0, 0, 0, 0, new double[ParameterDistribution.Ranks.Count], []);
        var (mean, squares) = Merged();
        var minimum = counts.Minimum;
        var maximum = counts.Maximum;

        double[] places = [.. ParameterDistribution.Ranks.Select(rank => rank / 100.0 * (finite - 1))];
        var values = new OrderStatistics(counts.Upper, [.. places.SelectMany(Around)]);
        var magnitudes = new OrderStatistics(counts.UpperOfMagnitudes(), [.. Around(ScalePercentile * (finite - 1))]);
        var scale = maximum > minimum ? ParameterDistribution.Bins / ((double)maximum - minimum) : 0;
        var fine = Pass(() => new Fine(values.Slots, magnitudes.Slots), (part, floats, _) => part.Count(floats, values, magnitudes, minimum, scale), (all, part) => all.Add(part));

        var limit = Interpolated(ScalePercentile * (finite - 1), magnitudes, fine.Magnitudes, key => BitConverter.UInt32BitsToSingle(key));
        if (limit <= 0)
            limit = Math.Max(Math.Abs(minimum), Math.Abs(maximum));
        return new ParameterDistribution(
            tensor.Name, tensor.ShapeText, TypeName, tensor.Count, tensor.Count - finite, mean, Math.Sqrt(squares / finite), minimum, maximum, Math.Sqrt(squares + mean * mean * finite),
            (double)counts.NearZero / finite, [.. places.Select(place => Interpolated(place, values, fine.Values, Value))], fine.Histogram)
        { ScaleLimit = limit, ClippedShare = 1 - magnitudes.ShareUpTo((uint)BitConverter.SingleToUInt32Bits((float)limit), fine.Magnitudes, finite) };
    }

    private string TypeName => tensor.Type.TorchName();

    /// <summary>A key that orders as the values do: sign bit set for positive ones, all bits turned for negative ones.</summary>
    internal static uint Key(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return bits ^ ((uint)((int)bits >> 31) | 0x80000000);
    }

    private static float Value(uint key) => BitConverter.UInt32BitsToSingle((key & 0x80000000) != 0 ? key & 0x7fffffff : ~key);

    private static IEnumerable<long> Around(double place) => [(long)place, (long)Math.Ceiling(place)];

    private static double Interpolated(double place, OrderStatistics ranks, long[] fine, Func<uint, float> value)
    {
        double below = value(ranks.KeyAt((long)place, fine)), above = value(ranks.KeyAt((long)Math.Ceiling(place), fine));
        return below + (above - below) * (place - Math.Floor(place));
    }

    private T Pass<T>(Func<T> create, Action<T, Memory<float>, int> work, Action<T, T> add)
        where T : class
    {
        var all = create();
        Parallel.For(0, _pieces.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, () => (Part: create(), Buffer: new float[Math.Min(Piece, tensor.Count)]), (index, _, local) =>
        {
            var floats = local.Buffer.AsMemory(0, (int)Math.Min(Piece, tensor.Count - (long)index * Piece));
            tensor.ReadFloats((long)index * Piece, floats.Span);
            work(local.Part, floats, index);
            return local;
        }, local =>
        {
            lock (all)
                add(all, local.Part);
        });
        return all;
    }

    private void First(Counts counts, Memory<float> memory, int index)
    {
        var floats = memory.Span;
        var kept = 0;
        foreach (var value in floats)
        {
            if (!float.IsFinite(value))
                continue;
            floats[kept++] = value;
            counts.Upper[Key(value) >> 16]++;
            counts.NearZero += Math.Abs(value) < NearZero ? 1 : 0;
            counts.Minimum = Math.Min(counts.Minimum, value);
            counts.Maximum = Math.Max(counts.Maximum, value);
        }

        var finite = floats[..kept];
        var mean = kept == 0 ? 0 : Sum(finite, 0, squared: false) / kept;
        _pieces[index] = (kept, mean, Sum(finite, mean, squared: true));
    }

    /// <summary>Mean and sum of squared deviations over all pieces, in their order, so that the threads do not change a bit. After Chan, Golub and LeVeque, 1979.</summary>
    private (double Mean, double Squares) Merged()
    {
        var (count, mean, squares) = (0L, 0.0, 0.0);
        foreach (var piece in _pieces.Where(piece => piece.Count > 0))
        {
            var difference = piece.Mean - mean;
            squares += piece.Squares + difference * difference * count * piece.Count / (count + piece.Count);
            count += piece.Count;
            mean += difference * piece.Count / count;
        }

        return (mean, squares);
    }

    private static double Sum(ReadOnlySpan<float> values, double mean, bool squared)
    {
        var (low, high, center) = (Vector<double>.Zero, Vector<double>.Zero, new Vector<double>(mean));
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[i..]), out var a, out var b);
            (a, b) = (a - center, b - center);
            low += squared ? a * a : a;
            high += squared ? b * b : b;
        }

        var sum = Vector.Sum(low + high);
        for (; i < values.Length; i++)
            sum += squared ? (values[i] - mean) * (values[i] - mean) : values[i] - mean;
        return sum;
    }

    /// <summary>What the first pass counts.</summary>
    private sealed class Counts
    {
        public long[] Upper { get; } = new long[Halves];

        public long NearZero { get; set; }

        public float Minimum { get; set; } = float.PositiveInfinity;

        public float Maximum { get; set; } = float.NegativeInfinity;

        public void Add(Counts part)
        {
            for (var i = 0; i < Halves; i++)
                Upper[i] += part.Upper[i];
            NearZero += part.NearZero;
            Minimum = Math.Min(Minimum, part.Minimum);
            Maximum = Math.Max(Maximum, part.Maximum);
        }

        /// <summary>The counts of the magnitudes by the upper half of their bits.</summary>
        public long[] UpperOfMagnitudes()
        {
            var counts = new long[Halves];
            for (var i = 0; i < Halves / 2; i++)
                counts[i] = Upper[Halves / 2 + i] + Upper[Halves / 2 - 1 - i];
            return counts;
        }
    }

    /// <summary>What the second pass counts.</summary>
    private sealed class Fine(int valueSlots, int magnitudeSlots)
    {
        public long[] Values { get; } = new long[valueSlots * Halves];

        public long[] Magnitudes { get; } = new long[magnitudeSlots * Halves];

        public long[] Histogram { get; } = new long[ParameterDistribution.Bins];

        public void Count(Memory<float> floats, OrderStatistics values, OrderStatistics magnitudes, float minimum, double scale)
        {
            foreach (var value in floats.Span)
            {
                if (!float.IsFinite(value))
                    continue;
                var (key, bits) = (Key(value), BitConverter.SingleToUInt32Bits(value) & 0x7fffffff);
                if (values.Slot(key) is >= 0 and var slot)
                    Values[slot * Halves + (int)(key & 0xffff)]++;
                if (magnitudes.Slot(bits) is >= 0 and var magnitudeSlot)
                    Magnitudes[magnitudeSlot * Halves + (int)(bits & 0xffff)]++;
                Histogram[Math.Min(ParameterDistribution.Bins - 1, (int)((value - minimum) * scale))]++;
            }
        }

        public void Add(Fine part)
        {
            for (var i = 0; i < Values.Length; i++)
                Values[i] += part.Values[i];
            for (var i = 0; i < Magnitudes.Length; i++)
                Magnitudes[i] += part.Magnitudes[i];
            for (var i = 0; i < Histogram.Length; i++)
                Histogram[i] += part.Histogram[i];
        }
    }
}
