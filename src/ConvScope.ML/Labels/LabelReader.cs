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
    /// <param name="row">The row, from 0.</param>
    /// <exception cref="InvalidOperationException">The label is missing; the message names the row.</exception>
    public abstract void Read(long row);

    /// <summary>Checks that there is something to learn.</summary>
    /// <exception cref="InvalidOperationException">All labels are the same.</exception>
    public abstract void CheckDiffer();

    /// <summary>The set of the labels that were read.</summary>
    /// <param name="pixels">All images, bytes or floats, one after another.</param>
    /// <param name="shape">Shape of one image.</param>
    /// <param name="device">Where the tensors go.</param>
    public abstract LabeledImages Join(Array pixels, Shape shape, Device device);

    /// <summary>The files of the labels that were read.</summary>
    /// <param name="paths">Paths of the images, one after another.</param>
    public abstract ImageFiles Join(IReadOnlyList<string> paths);

    /// <summary>The same of files that are in memory.</summary>
    /// <param name="files">The files, one after another.</param>
    public abstract ImageFiles Join(HeldFiles files);
}
