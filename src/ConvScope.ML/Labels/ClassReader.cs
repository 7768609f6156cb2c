using ConvScope.Datasets.Files;
using ConvScope.Records.Networks;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.ML.Labels;

/// <summary>Gathers class indices.</summary>
/// <param name="read">Gives the class of the current row, from 0; negative where it is missing.</param>
/// <param name="column">The label column of the set, in words.</param>
/// <param name="match">What each class is in the training set, from 0; null where both are the same.</param>
internal sealed class ClassReader(Func<long> read, LabelSource column, int[]? match = null) : LabelReader
{
    private readonly List<long> _labels = [];

    public override int Count => _labels.Count;

    public override IReadOnlyList<long> Classes => _labels;

    public override LabelReader Take(IReadOnlyList<int> rows)
    {
        var taken = new ClassReader(read, column, match);
        taken._labels.AddRange(rows.Select(row => _labels[row]));
        return taken;
    }

    public override void Read(long row)
    {
        var label = read();
        if (label < 0)
            throw new InvalidOperationException($"Row {row} of the {column.Set} has no label: column '{column.Name}' holds a missing key. Drop such rows before training.");
        if (match is not null && match[label] < 0)
            throw new InvalidOperationException($"Row {row} of the {column.Set} has the label '{column.Labels?.Names[(int)label]}' in column '{column.Name}', which the training set does not know.");
        _labels.Add(match is null ? label : match[label]);
    }

    public override void CheckDiffer()
    {
        if (_labels.TrueForAll(label => label == _labels[0]))
            throw new InvalidOperationException($"All {Count} rows of the {column.Set} have the label '{Name(_labels[0])}' in column '{column.Name}': there is nothing to tell apart. Add rows of another class.");
    }

    public override LabeledImages Join(Array pixels, Shape shape, Device device) => pixels is byte[] bytes
        ? LabeledImages.Create(bytes, [.. _labels], shape, device)
        : LabeledImages.Create((float[])pixels, [.. _labels], shape, device);

    public override ImageFiles Join(IReadOnlyList<string> paths) => ImageFiles.Of(paths, [.. Indices]);

    public override ImageFiles Join(HeldFiles files) => ImageFiles.Of(files, [.. Enumerable.Range(0, files.Count)], [.. Indices]);

    private IEnumerable<int> Indices => _labels.Select(label => (int)label);

    private string Name(long label) => column.Labels?.Names[(int)label] ?? (label == 0 ? bool.FalseString : bool.TrueString);
}
