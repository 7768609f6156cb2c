using ConvScope.Datasets.Files;
using ConvScope.Records.Networks;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.ML.Labels;

/// <summary>Gathers class indices.</summary>
/// <param name="read">Gives the class of the current row, from 0; negative where it is missing.</param>
/// <param name="column">Name of the label column.</param>
internal sealed class ClassReader(Func<long> read, string column) : LabelReader
{
    private readonly List<long> _labels = [];

    public override int Count => _labels.Count;

    public override void Read()
    {
        var label = read();
        if (label < 0)
            throw new InvalidOperationException($"Row {Count} has no label: column '{column}' holds a missing key. Drop such rows before training.");
        _labels.Add(label);
    }

    public override LabeledImages Join(Array pixels, Shape shape, Device device) => pixels is byte[] bytes
        ? LabeledImages.Create(bytes, [.. _labels], shape, device)
        : LabeledImages.Create((float[])pixels, [.. _labels], shape, device);

    public override ImageFiles Join(IReadOnlyList<string> paths) => ImageFiles.Of(paths, [.. _labels.Select(label => (int)label)]);
}
