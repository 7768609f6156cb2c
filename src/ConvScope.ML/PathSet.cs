using ConvScope.ML.Heads;
using ConvScope.ML.Internals;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.ML;

/// <summary>Reads the paths and labels of a view once into a set that a training takes its batches from: decoded and held where it is small, else streamed.</summary>
internal static class PathSet
{
    /// <summary>Reads all rows; the view is not read again.</summary>
    /// <param name="data">The view.</param>
    /// <param name="features">The column of paths.</param>
    /// <param name="label">The label column.</param>
    /// <param name="head">Knows how labels are read.</param>
    /// <param name="shape">Shape that images get.</param>
    /// <param name="options">How they are decoded and streamed.</param>
    /// <param name="device">Where batches go.</param>
    /// <param name="host">Gets warnings, and may end the decoding.</param>
    /// <exception cref="InvalidOperationException">There are no rows, or a label is missing; the message names the row, from 0.</exception>
    /// <exception cref="DamagedFileException">An image is corrupt, and the decoding says that this is the end; the message names it.</exception>
    public static TrainingImages Read(IDataView data, DataViewSchema.Column features, DataViewSchema.Column label, Head head, Shape shape, ConvNetOptions options, Device device, TrainingHost host)
    {
        var paths = new List<string>();
        using var cursor = data.GetRowCursor([features, label]);
        var labels = head.Reader(cursor, label);
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(features);
        ReadOnlyMemory<char> path = default;
        while (cursor.MoveNext())
        {
            labels.Read();
            getPath(ref path);
            paths.Add(path.ToString());
        }

        if (labels.Count == 0)
            throw new InvalidOperationException("There are no rows to train or validate on.");
        return TrainingImages.Open(labels.Join(paths), shape, options.Decoding, options.Streaming, device, host, ownsFiles: true, host.Cancellation.Token);
    }
}
