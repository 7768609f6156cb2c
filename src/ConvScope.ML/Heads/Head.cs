using ConvScope.ML.Labels;
using ConvScope.ML.Mapping;
using ConvScope.ML.Scoring;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Training.Images;

namespace ConvScope.ML.Heads;

/// <summary>
/// What one of ML.NET's catalogs asks of a network: what the label column must be, how its values are read, and which columns a trained network adds. Everything else of a training is the same for all
/// of them.
/// </summary>
internal abstract class Head
{
    /// <summary>The task that networks of this head are for, in words.</summary>
    public abstract string Words { get; }

    /// <summary>What a label column must be, as a message says it.</summary>
    public abstract string LabelWords { get; }

    /// <summary>The head of a trained network.</summary>
    public static Head Of(LearningTask task) => task switch
    {
        BinaryTask => new BinaryHead(),
        RegressionTask => new RegressionHead(),
        _ => new MulticlassHead(),
    };

    /// <summary>Whether a network may be trained with this head.</summary>
    public abstract bool Accepts(NetworkSpec network);

    /// <summary>Whether a label may have this type.</summary>
    /// <param name="type">Type of its values.</param>
    /// <param name="isKey">Whether they are keys.</param>
    public abstract bool AcceptsLabel(DataViewType type, bool isKey);

    /// <summary>Names of the columns that the head makes, out of those that are asked for.</summary>
    public abstract ColumnNames Names(ColumnNames wanted);

    /// <summary>Finds and checks the label column.</summary>
    /// <param name="schema">The schema to look in.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="set">The set in words where it is not the only one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or of another type.</exception>
    public DataViewSchema.Column FindLabel(DataViewSchema schema, string name, string? set = null)
    {
        var column = schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException(null, $"There is no label column '{name}'{(set is null ? "" : $" in the {set}")}; the data have {FeatureColumn.Names(schema)}.");
        if (!AcceptsLabel(column.Type, column.Type is KeyDataViewType))
            throw new ArgumentOutOfRangeException(null, $"Label column '{name}'{(set is null ? "" : $" of the {set}")} must be {LabelWords}; it is {column.Type}.");
        Check(column);
        return column;
    }

    /// <summary>The classes of a label column.</summary>
    public abstract ClassLabels Labels(DataViewSchema.Column label);

    /// <summary>Length of the network's output for a label column.</summary>
    public virtual int Outputs(DataViewSchema.Column label) => 1;

    /// <summary>A reader of the labels of rows.</summary>
    /// <param name="row">Row or cursor in which the column is active.</param>
    /// <param name="label">The label column.</param>
    /// <param name="set">The set in words: <c>training set</c>.</param>
    /// <param name="training">The label column of the training set where the rows are of another one, so that classes are matched by value; null for none.</param>
    public abstract LabelReader Reader(DataViewRow row, DataViewSchema.Column label, string set, DataViewSchema.Column? training = null);

    /// <summary>The description that is trained: the given one, made for the training labels where that belongs to the task.</summary>
    public virtual NetworkSpec Describe(NetworkSpec network, TrainingImages train) => network;

    /// <summary>The columns that a trained network adds.</summary>
    public abstract ScoreColumns Columns(ConvNetModel model, string featureColumnName, ColumnNames names);

    /// <summary>The columns of <see cref="Columns"/> in a schema's shape, before any row is read.</summary>
    /// <param name="label">The label column.</param>
    /// <param name="names">Names of the columns.</param>
    public abstract IEnumerable<SchemaShape.Column> Promise(SchemaShape.Column label, ColumnNames names);

    /// <summary>Checks more of the label column than its type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not fit.</exception>
    protected virtual void Check(DataViewSchema.Column label)
    {
    }
}
