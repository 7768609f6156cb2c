namespace ConvScope.ML.Labels;

/// <summary>Gathers how much each row counts.</summary>
/// <param name="getter">Gives the weight of the current row.</param>
/// <param name="column">Name of the column.</param>
/// <param name="set">The set in words.</param>
internal sealed class RowWeights(ValueGetter<float> getter, string column, string set)
{
    private readonly List<float> _weights = [];

    /// <summary>Finds and checks the column.</summary>
    /// <param name="schema">The schema to look in.</param>
    /// <param name="name">Name of the column; null for no weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or of another type.</exception>
    public static DataViewSchema.Column? Find(DataViewSchema schema, string? name)
    {
        if (name is null)
            return null;
        var column = schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException(null, $"There is no weight column '{name}'; the data have {Scoring.FeatureColumn.Names(schema)}.");
        return column.Type == NumberDataViewType.Single ? column : throw new ArgumentOutOfRangeException(null, $"Weight column '{name}' must be Single; it is {column.Type}.");
    }

    /// <summary>Reads the current row's weight.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <exception cref="InvalidOperationException">It is negative or no finite number; the message names the row.</exception>
    public void Read(long row)
    {
        var weight = 0f;
        getter(ref weight);
        if (weight < 0 || !float.IsFinite(weight))
            throw new InvalidOperationException(FormattableString.Invariant($"Row {row} of the {set} has the weight {weight} in column '{column}', which is negative or no finite number. Weights are 0 or more."));
        _weights.Add(weight);
    }

    /// <summary>The weights of some rows, or of all, with 1 for the largest: only what they are to each other counts, and so no sum of them leaves the range of floats.</summary>
    /// <exception cref="InvalidOperationException">All are 0.</exception>
    public float[] Of(IReadOnlyList<int>? rows)
    {
        float[] weights = rows is null ? [.. _weights] : [.. rows.Select(row => _weights[row])];
        var largest = weights.Max();
        return largest > 0 ? [.. weights.Select(weight => weight / largest)] : throw new InvalidOperationException($"All rows of the {set} have the weight 0 in column '{column}'.");
    }
}
