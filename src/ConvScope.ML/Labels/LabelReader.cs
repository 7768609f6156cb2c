using ConvScope.Datasets.Files;
using ConvScope.Records.Networks;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.ML.Labels;

/// <summary>Gathers the labels of rows and joins them with the images.</summary>
internal abstract class LabelReader
{
    /// <summary>Labels that were read.</summary>
    public abstract int Count { get; }

    /// <summary>The class of each label, for a split that keeps their shares; null where there are none.</summary>
    public abstract IReadOnlyList<long>? Classes { get; }

    /// <summary>The labels of some rows.</summary>
    public abstract LabelReader Take(IReadOnlyList<int> rows);

    /// <summary>Reads the current row's label.</summary>
    /// <exception cref="InvalidOperationException">The label is missing; the message names the row, from 0.</exception>
    public abstract void Read();

    /// <summary>The set of the labels that were read.</summary>
    /// <param name="pixels">All images, bytes or floats, one after another.</param>
    /// <param name="shape">Shape of one image.</param>
    /// <param name="device">Where the tensors go.</param>
    public abstract LabeledImages Join(Array pixels, Shape shape, Device device);

    /// <summary>The files of the labels that were read.</summary>
    /// <param name="paths">Paths of the images, one after another.</param>
    public abstract ImageFiles Join(IReadOnlyList<string> paths);
}
