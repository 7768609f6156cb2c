namespace ConvScope.ML.Mapping;

/// <summary>Adds a network's columns to single rows, as prediction engines ask for them.</summary>
internal sealed class MappedRows(MappedSchema schema) : IRowToRowMapper
{
    public DataViewSchema InputSchema => schema.Input;

    public DataViewSchema OutputSchema => schema.Output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        ArgumentNullException.ThrowIfNull(dependingColumns);
        var active = schema.Active(dependingColumns);
        var needed = schema.PassedThrough(active);
        return schema.NeedsNetwork(active) ? needed.Append(schema.Features).DistinctBy(column => column.Index) : needed;
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activeColumns);
        if (!ReferenceEquals(input.Schema, schema.Input))
            throw new ArgumentOutOfRangeException(nameof(input), "The row belongs to another schema than this mapper.");
        return new MappedRow(schema, input, schema.Active(activeColumns));
    }
}
