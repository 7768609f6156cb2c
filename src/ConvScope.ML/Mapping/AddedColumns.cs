using ConvScope.ML.Scoring;

namespace ConvScope.ML.Mapping;

/// <summary>
/// What a network adds to every row: some columns, got from <see cref="ValueCount"/> numbers that it computes for an image. It knows nothing of views, cursors and rows, which know nothing of
/// networks; it is shared between threads and does not change.
/// </summary>
/// <param name="model">The network.</param>
/// <param name="featureColumnName">Column of the raw pixels.</param>
internal abstract class AddedColumns(ConvNetModel model, string featureColumnName)
{
    /// <summary>The network.</summary>
    public ConvNetModel Model { get; } = model;

    /// <summary>Column of the raw pixels.</summary>
    public string FeatureColumnName { get; } = featureColumnName;

    /// <summary>Numbers that are computed for an image.</summary>
    public abstract int ValueCount { get; }

    /// <summary>Images that are computed at once where rows follow each other.</summary>
    public virtual int BatchSize => Model.BatchSize;

    /// <summary>The input's columns followed by the added ones.</summary>
    public abstract DataViewSchema Extend(DataViewSchema input);

    /// <summary>Computes the numbers of some images.</summary>
    /// <param name="pixels">Raw pixels, bytes or floats, image after image.</param>
    /// <param name="rows">Number of images <c>N</c>, at least 1.</param>
    /// <param name="values">Gets <see cref="ValueCount"/> numbers an image.</param>
    public abstract void Compute(Array pixels, int rows, Span<float> values);

    /// <summary>A reader of images of the feature column.</summary>
    /// <param name="row">Row or cursor in which the column is active.</param>
    /// <param name="features">The feature column.</param>
    /// <param name="images">Number of images that its buffer holds.</param>
    public FeatureReader Reader(DataViewRow row, DataViewSchema.Column features, int images) => FeatureReader.Create(row, features, images, Model.Network.Input, Model.Decoding, Model.Log);

    /// <summary>The getter of an added column for the row that <paramref name="current"/> tells.</summary>
    /// <param name="column">The added column, from 0.</param>
    /// <param name="current">Tells the numbers and which row of them is wanted.</param>
    public abstract Delegate Getter(int column, Func<(RowValues Values, int Index)> current);

    /// <summary>The getter of a vector that holds all of a row's numbers.</summary>
    protected static ValueGetter<VBuffer<float>> VectorGetter(Func<(RowValues Values, int Index)> current) => (ref VBuffer<float> value) =>
    {
        var (values, index) = current();
        values.Copy(index, ref value);
    };
}
