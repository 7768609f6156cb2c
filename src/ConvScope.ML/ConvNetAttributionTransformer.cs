using ConvScope.Attribution;
using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;

namespace ConvScope.ML;

/// <summary>
/// Which pixels speak for a class, as a vector column <c>[H, W]</c> of the image's height and width; see <see cref="AttributionMethod"/> for what the numbers mean. It is saved and loaded with
/// <c>mlContext.Model</c>.
/// </summary>
public sealed class ConvNetAttributionTransformer : NetworkTransformer
{
    internal ConvNetAttributionTransformer(AttributionColumn column, bool ownsModel)
        : base(ownsModel) => Column = column;

    /// <summary>The method.</summary>
    public AttributionMethod Method => Column.Method;

    /// <summary>The class that is explained.</summary>
    public AttributionTarget Target => Column.Target;

    /// <summary>Name of the added column.</summary>
    public string OutputColumnName => Column.Name;

    internal AttributionColumn Column { get; }

    private protected override AddedColumns Added => Column;

    private protected override void Save(ModelSaveContext context) => AttributionFile.Save(context, Column);
}
