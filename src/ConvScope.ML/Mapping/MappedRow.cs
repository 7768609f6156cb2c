using ConvScope.ML.Scoring;

namespace ConvScope.ML.Mapping;

/// <summary>One row with a network's columns added; they share one computation a position. It holds no native memory.</summary>
internal sealed class MappedRow : DataViewRow
{
    private readonly MappedSchema _schema;
    private readonly DataViewRow _input;
    private readonly bool[] _active;
    private readonly RowValues? _values;
    private long _computed = -1;

    public MappedRow(MappedSchema schema, DataViewRow input, bool[] active)
    {
        _schema = schema;
        _input = input;
        _active = active;
        if (schema.NeedsNetwork(active))
            _values = new RowValues(schema.Columns, schema.Columns.Reader(input, schema.Features, 1), 1);
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
        return index < _schema.Input.Count ? _input.GetGetter<TValue>(_schema.Input[index]) : MappedSchema.Cast<TValue>(column, _schema.Getter(index, Current));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _values?.Dispose();
        base.Dispose(disposing);
    }

    private (RowValues Values, int Index) Current()
    {
        if (_computed != Position || Position < 0)
        {
            _values!.Take(0);
            _values.Compute(1);
            _computed = Position;
        }

        return (_values!, 0);
    }
}
