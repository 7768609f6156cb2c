using ConvScope.Datasets.Files;
using ConvScope.Records.Networks;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.ML.Labels;

/// <summary>Gathers the numbers that a regression learns.</summary>
/// <param name="getter">Gives the label of the current row.</param>
/// <param name="column">The label column of the set, in words.</param>
internal sealed class NumberReader(ValueGetter<float> getter, LabelSource column) : LabelReader
{
    private readonly List<float> _labels = [];

    public override int Count => _labels.Count;

    public override IReadOnlyList<long>? Classes => null;

    public override LabelReader Take(IReadOnlyList<int> rows)
    {
        var taken = new NumberReader(getter, column);
        taken._labels.AddRange(rows.Select(row => _labels[row]));
        return taken;
    }

    public override void Read()
    {
        var label = 0f;
        getter(ref label);
        if (!float.IsFinite(label))
            throw new InvalidOperationException(FormattableString.Invariant($"Row {Count} of the {column.Set} has the label {label} in column '{column.Name}', which is not a finite number. Drop such rows before training."));
        _labels.Add(label);
    }

    public override LabeledImages Join(Array pixels, Shape shape, Device device) => pixels is byte[] bytes
        ? LabeledImages.CreateRegression(bytes, [.. _labels], shape, device)
        : LabeledImages.CreateRegression((float[])pixels, [.. _labels], shape, device);

    public override ImageFiles Join(IReadOnlyList<string> paths) => ImageFiles.Of(paths, _labels.ToArray());
}
