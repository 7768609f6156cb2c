using ConvScope.ML.Scoring;

namespace ConvScope.ML.Mapping;

/// <summary>The column of a regression: <c>Score</c>, the prediction in the label's unit; NaN for a row that could not be scored.</summary>
/// <param name="model">The network.</param>
/// <param name="featureColumnName">Column of the raw pixels.</param>
/// <param name="names">Names of the columns.</param>
internal sealed class RegressionColumns(ConvNetModel model, string featureColumnName, ColumnNames names) : ScoreColumns(model, featureColumnName, names)
{
    public override int ValueCount => 1;

    protected override string Kind => "Regression";

    public override void Compute(Array pixels, int rows, Span<float> values) => Model.Predict(pixels, rows, values);

    public override Delegate Getter(int column, Func<(RowValues Values, int Index)> current) => ScalarGetter(current, value => value);

    protected override void AddTo(DataViewSchema.Builder schema, uint setId) => schema.AddColumn(Names.Score, NumberDataViewType.Single, Annotations(setId, ScoreKind));
}
