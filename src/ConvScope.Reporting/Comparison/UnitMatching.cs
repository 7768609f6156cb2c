using System.Numerics.Tensors;
using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Comparison;

/// <summary>
/// Which unit (filter of a convolution, unit of a fully connected layer; the first axis) of the second tensor corresponds to which of the first: the one-to-one pairing with the largest
/// sum of cosines. Two networks that learned the same filters in another order are found so.
/// </summary>
/// <param name="Partners">For each unit of the first tensor the unit of the second.</param>
/// <param name="Cosines">Cosine of each pair, −1 to 1; 0 where one unit is all zeros.</param>
/// <param name="MeanBefore">Mean cosine of units with the same index.</param>
/// <param name="MeanAfter">Mean cosine of the pairs.</param>
public sealed record UnitMatching(IReadOnlyList<int> Partners, IReadOnlyList<double> Cosines, double MeanBefore, double MeanAfter)
{
    /// <summary>Most units that are paired.</summary>
    public const int MostUnits = 1024;

    /// <summary>Pairs the units; null, and where that is of interest a note, where it cannot be done.</summary>
    internal static UnitMatching? Find(NamedArray first, NamedArray second, List<string> notes)
    {
        if (first.Shape.Count < 2 || second.Shape.Count < 2 || first.Shape[0] != second.Shape[0] || first.Values.Length != second.Values.Length || first.Shape[0] < 2)
            return null;
        var units = (int)first.Shape[0];
        if (units > MostUnits)
        {
            notes.Add(FormattableString.Invariant($"Units are matched for at most {MostUnits:N0} of them; there are {units:N0}."));
            return null;
        }

        if (!Array.TrueForAll(first.Values, float.IsFinite) || !Array.TrueForAll(second.Values, float.IsFinite))
        {
            notes.Add("Units are not matched where an element is no finite number.");
            return null;
        }

        var cosines = Cosines2d(first.Values, second.Values, units);
        var partners = Assignment.Largest(cosines);
        double[] matched = [.. partners.Select((partner, unit) => cosines[unit, partner])];
        return new UnitMatching(partners, matched, Enumerable.Range(0, units).Average(unit => cosines[unit, unit]), matched.Average());
    }

    private static double[,] Cosines2d(float[] first, float[] second, int units)
    {
        var length = first.Length / units;
        float[] Unit(float[] values, int unit)
        {
            var row = values.AsSpan(unit * length, length).ToArray();
            var norm = TensorPrimitives.Norm<float>(row);
            if (norm > 0)
                TensorPrimitives.Divide(row, norm, row);
            return row;
        }

        float[][] ones = [.. Enumerable.Range(0, units).Select(unit => Unit(first, unit))], twos = [.. Enumerable.Range(0, units).Select(unit => Unit(second, unit))];
        var cosines = new double[units, units];
        Parallel.For(0, units, one =>
        {
            for (var two = 0; two < units; two++)
                cosines[one, two] = TensorPrimitives.Dot<float>(ones[one], twos[two]);
        });
        return cosines;
    }
}
