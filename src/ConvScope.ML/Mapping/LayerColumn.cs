using System.Globalization;
using ConvScope.ML.Scoring;
using ConvScope.Records.Networks;

namespace ConvScope.ML.Mapping;

/// <summary>One column with the outputs of a layer, of that layer's shape; its slots are named by layer and place: <c>fc1[0]</c>, <c>conv2[3,0,1]</c>.</summary>
internal sealed class LayerColumn : AddedColumns
{
    private readonly Shape _shape;

    public LayerColumn(ConvNetModel model, string featureColumnName, string layer, string name)
        : base(model, featureColumnName)
    {
        Layer = layer;
        Name = name;
        _shape = model.Network.Table.FirstOrDefault(row => row.Layer.Name == layer)?.Output
            ?? throw new NetworkException($"Network '{model.Network.Name}' has no layer '{layer}'; it has {string.Join(", ", model.Network.Layers.Select(known => $"'{known.Name}'"))}.");
    }

    public string Layer { get; }

    public string Name { get; }

    public override int ValueCount => _shape.Count;

    public override DataViewSchema Extend(DataViewSchema input)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(ScoreColumns.SlotNames, new VectorDataViewType(TextDataViewType.Instance, ValueCount), (ref VBuffer<ReadOnlyMemory<char>> names) =>
            names = new VBuffer<ReadOnlyMemory<char>>(ValueCount, [.. Enumerable.Range(0, ValueCount).Select(slot => SlotName(slot).AsMemory())]));
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        schema.AddColumn(Name, new VectorDataViewType(NumberDataViewType.Single, _shape.Axes.ToArray()), annotations.ToAnnotations());
        return schema.ToSchema();
    }

    public override void Compute(Array pixels, int rows, Span<float> values) => Model.Activations(pixels, rows, Layer, values);

    public override Delegate Getter(int column, Func<(RowValues Values, int Index)> current) => VectorGetter(current);

    private string SlotName(int slot)
    {
        var place = new int[_shape.Axes.Length];
        for (var axis = place.Length - 1; axis >= 0; axis--)
        {
            place[axis] = slot % _shape.Axes[axis];
            slot /= _shape.Axes[axis];
        }

        return $"{Layer}[{string.Join(',', place.Select(index => index.ToString(CultureInfo.InvariantCulture)))}]";
    }
}
