using ConvScope.ML.Mapping;
using ConvScope.ML.Scoring;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace ConvScope.ML.Internals;

/// <summary>A view with a network's columns that <c>mlContext.Model.ConvertToOnnx</c> can go through: without this it takes the network's columns for inputs, and leaves the network out without a word.</summary>
/// <param name="view">The view.</param>
/// <param name="columns">The network's columns.</param>
/// <param name="source">What they were added to.</param>
internal sealed class ExportableView(MappedView view, AddedColumns columns, IDataView source) : ITransformCanSaveOnnx
{
    public IDataView Source => source;

    public bool CanShuffle => view.CanShuffle;

    public DataViewSchema Schema => view.Schema;

    /// <exception cref="NotSupportedException">What is added, or what the features are, has no form in ONNX; the message says what to do.</exception>
    public bool CanSaveOnnx(OnnxContext ctx)
    {
        if (columns is not ScoreColumns)
            throw new NotSupportedException("Layers' outputs and attributions are not converted to ONNX. Convert the pipeline up to them, or write the network alone with ConvNetModel.ExportOnnx.");
        return FeatureColumn.HoldsPixels(source.Schema[columns.FeatureColumnName].Type)
            ? true
            : throw new NotSupportedException($"Feature column '{columns.FeatureColumnName}' holds images that are decoded for the network, which ONNX cannot do. Write the network alone with ConvNetModel.ExportOnnx; it takes pixels.");
    }

    public void SaveAsOnnx(OnnxContext ctx) => new OnnxPipeline(ctx).Add((ScoreColumns)columns, source.Schema[columns.FeatureColumnName]);

    public long? GetRowCount() => view.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => view.GetRowCursor(columnsNeeded, rand);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => view.GetRowCursorSet(columnsNeeded, n, rand);

    /// <exception cref="NotSupportedException">Always: a view is not saved, its transformer is.</exception>
    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("Save the transformer with mlContext.Model.Save.");
}
