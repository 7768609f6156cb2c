namespace ConvScope.Reporting.Comparison;

/// <summary>Numbers over the pairs of elements of two tensors <c>a</c> and <c>b</c> of one shape. Pairs in which one is not finite are counted and left out of the rest.</summary>
/// <param name="Pairs">Pairs that are finite.</param>
/// <param name="Cosine">Cosine similarity <c>a·b / (‖a‖ ‖b‖)</c>, −1 to 1; null where one is all zeros.</param>
/// <param name="Pearson">Correlation of the elements, −1 to 1; null where one is constant.</param>
/// <param name="RelativeDistance">‖a − b‖ / ‖a‖; null where the first is all zeros.</param>
/// <param name="LargestDifference">Largest |a − b|; null where no pair is finite.</param>
/// <param name="LargestDifferenceAt">Index of that element, row-major; −1 where no pair is finite.</param>
/// <param name="SignAgreement">Share of pairs with the same sign, 0 to 1; zero agrees with zero alone. Null where no pair is finite.</param>
/// <param name="AllClose">Whether <c>|a − b| ≤ 1e-8 + 1e-5 |b|</c> for all pairs and none is left out, as numpy's <c>allclose</c>.</param>
public sealed record ElementAgreement(
    long Pairs, double? Cosine, double? Pearson, double? RelativeDistance, double? LargestDifference, long LargestDifferenceAt, double? SignAgreement, bool AllClose)
{
    internal static ElementAgreement Measure(float[] first, float[] second)
    {
        // pairs, Σa, Σb, Σa², Σb², Σab, Σ(a−b)², same sign, not close, largest |a−b|, its index
        var sums = Chunks.Sum(first.Length, 11, (start, end, partial) =>
        {
            (partial[9], partial[10]) = (-1, -1);
            for (var i = start; i < end; i++)
                Add(partial, first[i], second[i], i);
        }, (total, partial) =>
        {
            for (var i = 0; i < 9; i++)
                total[i] += partial[i];
            if (partial[9] > total[9])
                (total[9], total[10]) = (partial[9], partial[10]);
        });
        var pairs = sums[0];
        if (pairs == 0)
            return new ElementAgreement(0, null, null, null, null, -1, null, false);
        return new ElementAgreement((long)pairs,
            sums[3] > 0 && sums[4] > 0 ? Math.Clamp(sums[5] / Math.Sqrt(sums[3]) / Math.Sqrt(sums[4]), -1, 1) : null,
            Correlation(first, second, sums[1] / pairs, sums[2] / pairs),
            sums[3] > 0 ? Math.Sqrt(sums[6] / sums[3]) : null,
            sums[9], (long)sums[10], sums[7] / pairs, sums[8] == 0 && pairs == first.Length);
    }

    private static void Add(double[] partial, double a, double b, int index)
    {
        if (!double.IsFinite(a) || !double.IsFinite(b))
            return;
        var difference = Math.Abs(a - b);
        partial[0]++;
        partial[1] += a;
        partial[2] += b;
        partial[3] += a * a;
        partial[4] += b * b;
        partial[5] += a * b;
        partial[6] += difference * difference;
        partial[7] += Math.Sign(a) == Math.Sign(b) ? 1 : 0;
        partial[8] += difference <= 1e-8 + 1e-5 * Math.Abs(b) ? 0 : 1;
        if (difference > partial[9])
            (partial[9], partial[10]) = (difference, index);
    }

    /// <summary>Pearson's correlation by a second pass around the means, which the one-pass formula would cancel away.</summary>
    internal static double? Correlation(float[] first, float[] second, double firstMean, double secondMean)
    {
        var sums = Chunks.Sum(first.Length, 3, (start, end, partial) =>
        {
            for (var i = start; i < end; i++)
            {
                if (!float.IsFinite(first[i]) || !float.IsFinite(second[i]))
                    continue;
                double a = first[i] - firstMean, b = second[i] - secondMean;
                partial[0] += a * a;
                partial[1] += b * b;
                partial[2] += a * b;
            }
        });
        return sums[0] > 0 && sums[1] > 0 ? Math.Clamp(sums[2] / Math.Sqrt(sums[0]) / Math.Sqrt(sums[1]), -1, 1) : null;
    }
}
