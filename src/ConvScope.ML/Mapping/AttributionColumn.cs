using ConvScope.Attribution;
using ConvScope.ML.Scoring;

namespace ConvScope.ML.Mapping;

/// <summary>One column with the attribution of each pixel, <c>[H, W]</c>.</summary>
internal sealed class AttributionColumn : AddedColumns
{
    public AttributionColumn(ConvNetModel model, string featureColumnName, AttributionMethod method, AttributionTarget target, string name)
        : base(model, featureColumnName)
    {
        method.Check(model.Network);
        var network = model.Network;
        if (target.Index >= Math.Max(network.ClassCount, 1)) // a regression's one output is target 0
            throw new ArgumentOutOfRangeException(nameof(target), network.ClassCount > 0
                ? $"Network '{network.Name}' tells {network.ClassCount} classes apart, from 0; it has no class {target.Index}."
                : $"Network '{network.Name}' gives one number, target 0; it has no target {target.Index}.");
        Method = method;
        Target = target;
        Name = name;
    }

    public AttributionMethod Method { get; }

    public AttributionTarget Target { get; }

    public string Name { get; }

    public override int ValueCount => Model.Network.Input.Height * Model.Network.Input.Width;

    public override DataViewSchema Extend(DataViewSchema input)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        schema.AddColumn(Name, new VectorDataViewType(NumberDataViewType.Single, Model.Network.Input.Height, Model.Network.Input.Width));
        return schema.ToSchema();
    }

    public override void Compute(Array pixels, int rows, Span<float> values) => Model.Attribute(pixels, rows, Method, Target, values);

    public override Delegate Getter(int column, Func<(RowValues Values, int Index)> current) => VectorGetter(current);
}
