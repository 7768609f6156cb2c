namespace ConvScope.Records.Recording;

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

    internal const int PerOctave = 2;
    internal const int LowestOctave = -30;
    internal const int Magnitudes = 72;

    /// <summary>Magnitude at which a positive bin begins, <c>2^(−30 + i / 2)</c>.</summary>
    /// <param name="index">The magnitude bin, 0 to 71; 72 gives the upper end of the last one.</param>
    public static double Edge(int index) => Math.Pow(2, LowestOctave + (double)index / PerOctave);
}
