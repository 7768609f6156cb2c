namespace ConvScope.ML;

/// <summary>Runs ahead of a cursor, a batch at a time, and keeps the scores of the batch that is being served.</summary>
internal sealed class BatchAhead : IDisposable
{
    private readonly DataViewRowCursor _features;
    private readonly RowScorer _scorer;
    private readonly int _batchSize;
    private int _rows;
    private int _index = -1;

    public BatchAhead(ScoringSchema schema, DataViewRowCursor features, int batchSize)
    {
        _features = features;
        _batchSize = batchSize;
        _scorer = new RowScorer(schema.Model, FeatureReader.Create(features, schema.Features, batchSize), batchSize);
    }

    /// <summary>The row that is being served.</summary>
    public (RowScorer Scorer, int Index) Current => (_scorer, _index);

    /// <summary>Goes on to the next row; scores the next batch where this one is used up.</summary>
    /// <exception cref="InvalidOperationException">The source gave fewer rows than on its other cursor.</exception>
    public void MoveNext()
    {
        if (++_index < _rows)
            return;
        for (_rows = 0; _rows < _batchSize && _features.MoveNext(); _rows++)
            _scorer.Take(_rows);
        if (_rows == 0)
            throw new InvalidOperationException("Two cursors over the same data gave different numbers of rows: the data must be repeatable.");
        _scorer.Score(_rows);
        _index = 0;
    }

    public void Dispose() => _features.Dispose();
}
