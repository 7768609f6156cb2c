using ConvScope.ML.Heads;
using ConvScope.ML.Scoring;
using ConvScope.Records.Networks;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.ML;

/// <summary>Reads a view once into the two tensors that a training runs on.</summary>
internal static class TrainingSet
{
    private const int FirstGuess = 1024;

    /// <summary>Reads all rows.</summary>
    /// <param name="data">The view; one cursor reads its feature and label columns once.</param>
    /// <param name="features">The feature column.</param>
    /// <param name="label">The label column.</param>
    /// <param name="head">Knows how labels are read.</param>
    /// <param name="shape">Shape of one image.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <exception cref="InvalidOperationException">There are no rows, a label is missing, or a pixel is no finite number; the message names the row, from 0.</exception>
    public static LabeledImages Read(IDataView data, DataViewSchema.Column features, DataViewSchema.Column label, Head head, Shape shape, Device device)
    {
        using var cursor = data.GetRowCursor([features, label]);
        var reader = FeatureReader.Create(cursor, features, (int)Math.Min(data.GetRowCount() ?? FirstGuess, int.MaxValue / shape.Count));
        var labels = head.Reader(cursor, label);
        while (cursor.MoveNext())
        {
            var row = labels.Count;
            if ((row + 1L) * shape.Count > reader.Buffer.LongLength)
                reader.Resize(Math.Max(FirstGuess, checked(row * 2)));
            if (!reader.Read(row))
                throw new InvalidOperationException($"Row {row} has a value in feature column '{features.Name}' that is not a finite number. Replace or drop such rows before training.");
            labels.Read();
        }

        if (labels.Count == 0)
            throw new InvalidOperationException("There are no rows to train or validate on.");
        reader.Resize(labels.Count);
        return labels.Join(reader.Buffer, shape, device);
    }
}
