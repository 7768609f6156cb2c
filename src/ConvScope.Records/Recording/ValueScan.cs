using System.Numerics;
using System.Runtime.InteropServices;

namespace ConvScope.Records.Recording;

/// <summary>What of an array no initialiser sets: values that are not finite, denormal ones, and its range.</summary>
/// <param name="NonFinite">Values that are NaN or infinite.</param>
/// <param name="Denormals">Share of the values other than zero that are denormal, 0 to 1.</param>
/// <param name="Smallest">Smallest magnitude other than zero of the finite values; 0 where there is none.</param>
/// <param name="Largest">Largest magnitude of the finite values.</param>
/// <param name="AreAlike">Whether all values that are infinite or above <see cref="Usual"/> are one and the same, as in a mask.</param>
internal readonly record struct ValueScan(long NonFinite, double Denormals, double Smallest, double Largest, bool AreAlike)
{
    /// <summary>Magnitudes above this are looked at more closely.</summary>
    public const double Usual = 1e10;

    private const uint Magnitude = 0x7FFFFFFF, SmallestNormal = 0x00800000;

    private static readonly uint _usualBits = BitConverter.SingleToUInt32Bits((float)Usual);

    /// <summary>
    /// Whether there is anything to look at: a value that is denormal, not finite, or above <see cref="Usual"/>. One pass at the speed of
    /// memory.
    /// </summary>
    public static bool IsDue(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var place = 0;
        Vector<uint> magnitude = new(Magnitude), lowest = new(SmallestNormal), range = new(_usualBits - SmallestNormal);
        for (; place <= bits.Length - Vector<uint>.Count; place += Vector<uint>.Count)
        {
            var some = new Vector<uint>(bits[place..]) & magnitude;
            var isUnusual = Vector.AndNot(Vector.GreaterThan(some - lowest, range), Vector.Equals(some, Vector<uint>.Zero));
            if (isUnusual != Vector<uint>.Zero)
                return true;
        }

        foreach (var one in bits[place..])
        {
            if ((one & Magnitude) is not 0 and var rest && rest - SmallestNormal > _usualBits - SmallestNormal)
                return true;
        }

        return false;
    }

    /// <summary>Looks at all values.</summary>
    public static ValueScan Of<T>(ReadOnlySpan<T> values)
        where T : IBinaryFloatingPointIeee754<T>
    {
        long nonFinite = 0, denormal = 0, nonZero = 0;
        double smallest = double.PositiveInfinity, largest = 0;
        var huge = T.Zero;
        var areAlike = true;
        foreach (var value in values)
        {
            if (T.IsZero(value))
                continue;
            nonZero++;
            denormal += T.IsSubnormal(value) ? 1 : 0;
            var magnitude = double.CreateSaturating(T.Abs(value));
            if (!(magnitude <= Usual))
            {
                areAlike &= !T.IsNaN(value) && (T.IsZero(huge) || huge == value);
                huge = value;
            }

            if (!T.IsFinite(value))
            {
                nonFinite++;
                continue;
            }

            smallest = Math.Min(smallest, magnitude);
            largest = Math.Max(largest, magnitude);
        }

        var share = nonZero == 0 ? 0 : (double)denormal / nonZero;
        return new ValueScan(nonFinite, share, double.IsInfinity(smallest) ? 0 : smallest, largest, areAlike);
    }
}
