namespace ConvScope.ML;

/// <summary>An input schema with the two columns that a transformer adds, and which columns stand where.</summary>
internal sealed class ScoringSchema
{
    public ScoringSchema(ConvNetTransformer transformer, DataViewSchema input)
    {
        Model = transformer.Model;
        Input = input;
        Features = FeatureColumn.Find(input, transformer.FeatureColumnName, transformer.Model.Network.Input);
        Output = transformer.Columns.Extend(input);
    }

    public ConvNetModel Model { get; }

    public DataViewSchema Input { get; }

    public DataViewSchema Output { get; }

    public DataViewSchema.Column Features { get; }

    public int PredictedLabel => Input.Count;

    public int Score => Input.Count + 1;

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
    public bool NeedsScores(bool[] active) => active[PredictedLabel] || active[Score];

    /// <summary>The index of an output column.</summary>
    /// <exception cref="ArgumentException">The column belongs to another schema.</exception>
    public int Index(DataViewSchema.Column column) =>
        column.Index < Output.Count && Output[column.Index].Name == column.Name && Output[column.Index].Type.Equals(column.Type)
            ? column.Index
            : throw new ArgumentException($"Column '{column.Name}' is not one of this view's.", nameof(column));

    /// <summary>The getter of one of the two added columns, for the row that <paramref name="current"/> tells.</summary>
    public Delegate ScoreGetter(int column, Func<(RowScorer Scorer, int Index)> current)
    {
        if (column == Score)
        {
            return new ValueGetter<VBuffer<float>>((ref VBuffer<float> value) =>
            {
                var (scorer, index) = current();
                scorer.CopyScore(index, ref value);
            });
        }

        return new ValueGetter<uint>((ref uint value) =>
        {
            var (scorer, index) = current();
            value = scorer.PredictedKey(index);
        });
    }

    /// <summary>Casts a getter to the type that was asked for.</summary>
    /// <exception cref="InvalidOperationException">The column has another type.</exception>
    public static ValueGetter<TValue> Cast<TValue>(DataViewSchema.Column column, Delegate getter) => getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Column '{column.Name}' is of type {column.Type.RawType}; a getter of {typeof(TValue)} was asked for.");
}
