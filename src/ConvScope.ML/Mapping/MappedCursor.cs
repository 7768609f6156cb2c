namespace ConvScope.ML.Mapping;

/// <summary>A cursor over the source's rows that adds a network's columns.</summary>
internal sealed class MappedCursor(MappedSchema schema, bool[] active, DataViewRowCursor rows, BatchAhead? ahead) : DataViewRowCursor
{
    private bool _ended;

    public override DataViewSchema Schema => schema.Output;

    public override long Position => rows.Position;

    public override long Batch => rows.Batch;

    public override bool MoveNext()
    {
        if (_ended || !rows.MoveNext())
        {
            _ended = true;
            return false;
        }

        ahead?.MoveNext();
        return true;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => rows.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => active[schema.Index(column)];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var index = schema.Index(column);
        if (!active[index])
            throw new InvalidOperationException($"Column '{column.Name}' is not active in this cursor.");
        return index < schema.Input.Count ? rows.GetGetter<TValue>(schema.Input[index]) : MappedSchema.Cast<TValue>(column, schema.Getter(index, Current));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ahead?.Dispose();
            rows.Dispose();
        }

        base.Dispose(disposing);
    }

    private (RowValues Values, int Index) Current() => Position >= 0 && !_ended
        ? ahead!.Current
        : throw new InvalidOperationException("A value is fetched before the first MoveNext or after the last.");
}
