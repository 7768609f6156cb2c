using ConvScope.ML.Scoring;

namespace ConvScope.ML.Mapping;

/// <summary>An input schema with the columns that a network adds, and which columns stand where.</summary>
internal sealed class MappedSchema
{
    public MappedSchema(AddedColumns columns, DataViewSchema input)
    {
        Columns = columns;
        Input = input;
        Features = FeatureColumn.Find(input, columns.FeatureColumnName, columns.Model.Network.Input);
        Output = columns.Extend(input);
    }

    public AddedColumns Columns { get; }

    public DataViewSchema Input { get; }

    public DataViewSchema Output { get; }

    public DataViewSchema.Column Features { get; }

    /// <summary>Which columns of the output are wanted.</summary>
    public bool[] Active(IEnumerable<DataViewSchema.Column> wanted)
    {
        var active = new bool[Output.Count];
        foreach (var column in wanted)
            active[Index(column)] = true;
        return active;
    }

    /// <summary>The input's columns among the active ones; the features only where they are wanted themselves.</summary>
    public IEnumerable<DataViewSchema.Column> PassedThrough(bool[] active) => Input.Where(column => active[column.Index]);

    /// <summary>Whether the network must run for the active columns.</summary>
    public bool NeedsNetwork(bool[] active) => Array.IndexOf(active, true, Input.Count) >= 0;

    /// <summary>The index of an output column.</summary>
    /// <exception cref="ArgumentException">The column belongs to another schema.</exception>
    public int Index(DataViewSchema.Column column) =>
        column.Index < Output.Count && Output[column.Index].Name == column.Name && Output[column.Index].Type.Equals(column.Type)
            ? column.Index
            : throw new ArgumentException($"Column '{column.Name}' is not one of this view's.", nameof(column));

    /// <summary>The getter of an added column, for the row that <paramref name="current"/> tells.</summary>
    public Delegate Getter(int column, Func<(RowValues Values, int Index)> current) => Columns.Getter(column - Input.Count, current);

    /// <summary>Casts a getter to the type that was asked for.</summary>
    /// <exception cref="InvalidOperationException">The column has another type.</exception>
    public static ValueGetter<TValue> Cast<TValue>(DataViewSchema.Column column, Delegate getter) => getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Column '{column.Name}' is of type {column.Type.RawType}; a getter of {typeof(TValue)} was asked for.");
}
