using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Comparison;

/// <summary>How alike two tensors are: numbers, maps, a scatter, and matched units. Plain data; the tensors are not kept.</summary>
/// <remarks>The same tensors give the same bits, on any number of processors. What is not defined for two tensors is null, and <see cref="Notes"/> says why.</remarks>
public sealed record TensorComparison
{
    /// <summary>The first tensor alone.</summary>
    public required TensorSummary First { get; init; }

    /// <summary>The second tensor alone.</summary>
    public required TensorSummary Second { get; init; }

    /// <summary>Numbers over pairs of elements; null for different shapes.</summary>
    public ElementAgreement? Agreement { get; init; }

    /// <summary>Spearman's rank correlation, −1 to 1; null for different shapes and where one tensor is constant.</summary>
    public double? Spearman { get; init; }

    /// <summary>Linear centred kernel alignment of two layers over the same images, at least 256: debiased, about 0 to 1, for unlike layers slightly negative too; null where it was not asked for or is not defined.</summary>
    public double? Cka { get; init; }

    /// <summary>Maps of both, of their similarity and of their difference; null for different shapes.</summary>
    public ComparisonMaps? Maps { get; init; }

    /// <summary>How the pairs of elements are scattered; null for different shapes.</summary>
    public PairScatter? Scatter { get; init; }

    /// <summary>Which unit of the second corresponds to which of the first; null where the units cannot be paired.</summary>
    public UnitMatching? Units { get; init; }

    /// <summary>Sentences that say what is not defined for these tensors, and what was sampled.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Compares two tensors.</summary>
    /// <param name="first">The first tensor <c>a</c>, with at least one element.</param>
    /// <param name="second">The second tensor <c>b</c>, with at least one element.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">A tensor is empty, or its shape does not fit its values.</exception>
    public static TensorComparison Compare(NamedArray first, NamedArray second, ComparisonOptions? options = null)
    {
        options ??= new ComparisonOptions();
        options.Validate();
        Check(first, nameof(first));
        Check(second, nameof(second));
        var notes = new List<string>();
        NoteNonFinite("first", first, notes);
        NoteNonFinite("second", second, notes);
        var cka = options.Activations ? LinearCka.Measure(first, second, notes) : null;
        var units = options.Activations ? null : UnitMatching.Find(first, second, notes);
        var comparison = new TensorComparison { First = TensorSummary.Measure(first), Second = TensorSummary.Measure(second), Cka = cka, Units = units, Notes = notes };
        if (!first.Shape.SequenceEqual(second.Shape))
        {
            notes.Add($"{first.Name} is {first.ShapeText} and {second.Name} is {second.ShapeText}: their elements cannot be paired.");
            return comparison;
        }

        return comparison with
        {
            Agreement = ElementAgreement.Measure(first.Values, second.Values),
            Spearman = RankCorrelation.Measure(first.Values, second.Values, notes),
            Maps = ComparisonMaps.Draw(first, second, options.MapSize),
            Scatter = PairScatter.Count(first.Values, second.Values, options.ScatterBins),
        };
    }

    private static void NoteNonFinite(string which, NamedArray array, List<string> notes)
    {
        long nan = array.Values.LongCount(float.IsNaN), infinite = array.Values.LongCount(float.IsInfinity);
        if (nan + infinite > 0)
            notes.Add(FormattableString.Invariant($"Of the {which} tensor {nan + infinite:N0} of {array.Values.Length:N0} elements are no finite numbers ({nan:N0} NaN, {infinite:N0} infinite); they are left out of everything here."));
    }

    private static void Check(NamedArray array, string parameter)
    {
        ArgumentNullException.ThrowIfNull(array, parameter);
        var count = array.Shape.Aggregate(1L, (product, length) => product * length);
        if (array.Values.Length == 0)
            throw new ArgumentException($"Tensor '{array.Name}' is empty; at least one element is needed.", parameter);
        if (count != array.Values.Length)
            throw new ArgumentException($"Tensor '{array.Name}' of shape {array.ShapeText} needs {count} values; there are {array.Values.Length}.", parameter);
    }
}
