using ConvScope.ML.Scoring;

namespace ConvScope.ML.Mapping;

/// <summary>Runs ahead of a cursor, a batch at a time, and keeps the values of the batch that is being served.</summary>
internal sealed class BatchAhead : IDisposable
{
    private readonly DataViewRowCursor _features;
    private readonly RowValues _values;
    private readonly int _batchSize;
    private int _rows;
    private int _index = -1;

    public BatchAhead(MappedSchema schema, DataViewRowCursor features)
    {
        _features = features;
        _batchSize = schema.Columns.BatchSize;
        _values = new RowValues(schema.Columns, schema.Columns.Reader(features, schema.Features, _batchSize), _batchSize);
    }

    /// <summary>The row that is being served.</summary>
    public (RowValues Values, int Index) Current => (_values, _index);

    /// <summary>Goes on to the next row; computes the next batch where this one is used up.</summary>
    /// <exception cref="InvalidOperationException">The source gave fewer rows than on its other cursor.</exception>
    public void MoveNext()
    {
        if (++_index < _rows)
            return;
        for (_rows = 0; _rows < _batchSize && _features.MoveNext(); _rows++)
            _values.Take(_rows);
        if (_rows == 0)
            throw new InvalidOperationException("Two cursors over the same data gave different numbers of rows: the data must be repeatable.");
        _values.Compute(_rows);
        _index = 0;
    }

    public void Dispose()
    {
        _values.Dispose();
        _features.Dispose();
    }
}
