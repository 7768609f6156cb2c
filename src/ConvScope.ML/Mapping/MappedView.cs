namespace ConvScope.ML.Mapping;

/// <summary>A view with a network's columns added: lazy, and computed in batches where it is read.</summary>
internal sealed class MappedView(MappedSchema schema, IDataView source) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => schema.Output;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = schema.Active(columnsNeeded);
        var rows = source.GetRowCursor(schema.PassedThrough(active));
        if (!schema.NeedsNetwork(active))
            return new MappedCursor(schema, active, rows, null);
        try
        {
            // A second cursor runs ahead over the features alone: a batch can be computed before its first row is served.
            var features = source.GetRowCursor([schema.Features]);
            return new MappedCursor(schema, active, rows, new BatchAhead(schema, features));
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
}
