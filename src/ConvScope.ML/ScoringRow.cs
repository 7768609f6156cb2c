namespace ConvScope.ML;

/// <summary>One row with the predictions added; both added columns share one forward pass a position. It holds no native memory.</summary>
internal sealed class ScoringRow : DataViewRow
{
    private readonly ScoringSchema _schema;
    private readonly DataViewRow _input;
    private readonly bool[] _active;
    private readonly RowScorer? _scorer;
    private long _scored = -1;

    public ScoringRow(ScoringSchema schema, DataViewRow input, bool[] active)
    {
        _schema = schema;
        _input = input;
        _active = active;
        if (schema.NeedsScores(active))
            _scorer = new RowScorer(schema.Model, FeatureReader.Create(input, schema.Features, 1), 1);
    }

    public override DataViewSchema Schema => _schema.Output;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[_schema.Index(column)];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var index = _schema.Index(column);
        if (!_active[index])
            throw new InvalidOperationException($"Column '{column.Name}' is not active in this row.");
        return index < _schema.Input.Count ? _input.GetGetter<TValue>(_schema.Input[index]) : ScoringSchema.Cast<TValue>(column, _schema.ScoreGetter(index, Current));
    }

    private (RowScorer Scorer, int Index) Current()
    {
        if (_scored != Position || Position < 0)
        {
            _scorer!.Take(0);
            _scorer.Score(1);
            _scored = Position;
        }

        return (_scorer!, 0);
    }
}
