using ConvScope.ML.Scoring;

namespace ConvScope.ML.Mapping;

/// <summary>
/// The three columns of a binary classifier: <c>PredictedLabel</c>, true where the score is above the threshold, <c>Score</c>, the network's logit, and <c>Probability</c>, its sigmoid. A row that could not be scored is
/// false with NaN, as ML.NET's own scorers have it.
/// </summary>
/// <param name="model">The network.</param>
/// <param name="featureColumnName">Column of the raw pixels.</param>
/// <param name="names">Names of the columns.</param>
/// <param name="threshold">The logit above which the answer is yes.</param>
internal sealed class BinaryColumns(ConvNetModel model, string featureColumnName, ColumnNames names, float threshold = 0) : ScoreColumns(model, featureColumnName, names)
{
    /// <summary>The logit above which the answer is yes.</summary>
    public float Threshold { get; } = threshold;

    public override int ValueCount => 1;

    protected override string Kind => "BinaryClassification";

    public override void Compute(Array pixels, int rows, Span<float> values) => Model.Outputs(pixels, rows, values);

    public override Delegate Getter(int column, Func<(RowValues Values, int Index)> current) => column switch
    {
        0 => ScalarGetter(current, logit => logit > Threshold),
        1 => ScalarGetter(current, logit => logit),
        _ => ScalarGetter(current, logit => 1 / (1 + MathF.Exp(-logit))),
    };

    protected override void AddTo(DataViewSchema.Builder schema, uint setId)
    {
        schema.AddColumn(Names.PredictedLabel, BooleanDataViewType.Instance, Annotations(setId, PredictedLabelKind));
        schema.AddColumn(Names.Score, NumberDataViewType.Single, Annotations(setId, ScoreKind));
        schema.AddColumn(Names.Probability, NumberDataViewType.Single, Annotations(setId, ProbabilityKind, annotations => annotations.AddPrimitiveValue(IsNormalized, BooleanDataViewType.Instance, true)));
    }
}
