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

    public override void Read(long row)
    {
        var label = 0f;
        getter(ref label);
        if (!float.IsFinite(label))
            throw new InvalidOperationException(FormattableString.Invariant($"Row {row} of the {column.Set} has the label {label} in column '{column.Name}', which is not a finite number. Drop such rows before training."));
        _labels.Add(label);
    }

    public override void CheckDiffer()
    {
        if (_labels.TrueForAll(label => label == _labels[0]))
            throw new InvalidOperationException(FormattableString.Invariant($"All {Count} rows of the {column.Set} have the label {_labels[0]} in column '{column.Name}': there is nothing to learn. Add rows with other labels."));
    }

    public override LabeledImages Join(Array pixels, Shape shape, Device device) => pixels is byte[] bytes
        ? LabeledImages.CreateRegression(bytes, [.. _labels], shape, device)
        : LabeledImages.CreateRegression((float[])pixels, [.. _labels], shape, device);

    public override ImageFiles Join(IReadOnlyList<string> paths) => ImageFiles.Of(paths, new int[Count]).With([.. _labels]);

    public override ImageFiles Join(HeldFiles files) => ImageFiles.Of(files, [.. Enumerable.Range(0, files.Count)], new int[Count]).With([.. _labels]);
}
