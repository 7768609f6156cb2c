using ConvScope.Datasets.Files;
using ConvScope.Records.Networks;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.ML.Labels;

/// <summary>Gathers the numbers that a regression learns.</summary>
/// <param name="getter">Gives the label of the current row.</param>
/// <param name="column">Name of the label column.</param>
internal sealed class NumberReader(ValueGetter<float> getter, string column) : LabelReader
{
    private readonly List<float> _labels = [];

    public override int Count => _labels.Count;

    public override void Read()
    {
        var label = 0f;
        getter(ref label);
        if (!float.IsFinite(label))
            throw new InvalidOperationException(FormattableString.Invariant($"Row {Count} has the label {label} in column '{column}', which is not a finite number. Drop such rows before training."));
        _labels.Add(label);
    }

    public override LabeledImages Join(Array pixels, Shape shape, Device device) => pixels is byte[] bytes
        ? LabeledImages.CreateRegression(bytes, [.. _labels], shape, device)
        : LabeledImages.CreateRegression((float[])pixels, [.. _labels], shape, device);

    public override ImageFiles Join(IReadOnlyList<string> paths) => ImageFiles.Of(paths, _labels.ToArray());
}
