namespace ConvScope.ML;

/// <summary>A view with the network's predictions added: lazy, and scored in batches where it is read.</summary>
internal sealed class ScoringView(ScoringSchema schema, IDataView source, int batchSize) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => schema.Output;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = schema.Active(columnsNeeded);
        var rows = source.GetRowCursor(schema.PassedThrough(active));
        if (!schema.NeedsScores(active))
            return new ScoringCursor(schema, active, rows, null);
        try
        {
            // A second cursor runs ahead over the features alone: a batch can be scored before its first row is served.
            var features = source.GetRowCursor([schema.Features]);
            return new ScoringCursor(schema, active, rows, new BatchAhead(schema, features, batchSize));
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
}
