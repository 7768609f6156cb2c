using ConvScope.Quantities;
using ConvScope.Quantities.Batch;
using ConvScope.Quantities.Layers;
using ConvScope.Quantities.Parameters;

namespace ConvScope.Inspection;

/// <summary>What each <see cref="InspectionLevel"/> measures.</summary>
public static class InspectionLevels
{
    /// <summary>The groups of a level, cheap ones first.</summary>
    public static IReadOnlyList<QuantityGroup> Groups(InspectionLevel level) => level switch
    {
        InspectionLevel.Off => [],
        InspectionLevel.Light => [Batch(Schedule.Every(50), [new BatchLoss(), new BatchAccuracy()]), Parameters(Schedule.Every(50), [new GradientNorm(), new WeightNorm()])],
        InspectionLevel.Standard => [Batch(Schedule.Every(10), _batch), Parameters(Schedule.Every(10), _parameters), Histograms(_seldom), Layers(_seldom, [])],
        InspectionLevel.Full => [Batch(Schedule.Every(10), _batch), Parameters(Schedule.Every(10), _parameters), Histograms(Schedule.Every(64)), Layers(Schedule.Every(64), [new GradientSignalToNoise()])],
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "There is no such level."),
    };

    private static readonly Schedule _seldom = Schedule.Logarithmic(3).Or(Schedule.Every(250));

    private static readonly IReadOnlyList<Quantity> _batch = [new BatchLoss(), new BatchAccuracy(), new DominantClass()];

    private static readonly IReadOnlyList<Quantity> _parameters =
    [
        new GradientNorm(), new GradientMean(), new GradientStandardDeviation(), new GradientMax(), new GradientZeroShare(), new GradientNonFinite(),
        new WeightNorm(), new WeightMean(), new WeightStandardDeviation(), new UpdateRatio(), new DistanceFromInitialization(),
    ];

    // The shares leave a third of the budget to what is done once and after each epoch.
    private static QuantityGroup Batch(Schedule schedule, IReadOnlyList<Quantity> scalars) => new("batch", schedule, 0.15) { Scalars = scalars };

    private static QuantityGroup Parameters(Schedule schedule, IReadOnlyList<Quantity> scalars) => new("parameters", schedule, 0.25) { Scalars = scalars };

    private static QuantityGroup Histograms(Schedule schedule) =>
        new("histograms", schedule, 0.1) { Histograms = [new GradientHistogram(), new WeightHistogram(), new UpdateHistogram()] };

    private static QuantityGroup Layers(Schedule schedule, IReadOnlyList<Quantity> more) => new("layers", schedule, 0.2)
    {
        Scalars =
        [
            new OutputMean(), new OutputStandardDeviation(), new OutputZeroShare(), new OutputSaturation(), new InactiveUnits(), new OutputGradientNorm(), new OutputGradientMean(), new UnitSimilarity(), new ProbabilityOutputs(), .. more,
        ],
    };
}
