using ConvScope.ML.Heads;
using ConvScope.ML.Internals;
using ConvScope.ML.Labels;
using ConvScope.ML.Scoring;
using ConvScope.Records.Files;
using ConvScope.Records.Networks;
using ConvScope.Training.Images;
using static TorchSharp.torch;

namespace ConvScope.ML;

/// <summary>The rows of a view that a training runs on, read once: pixels into tensors, or paths into files that are held or streamed.</summary>
/// <param name="Data">The view; one cursor reads its feature and label columns once.</param>
/// <param name="Features">The feature column.</param>
/// <param name="Label">The label column.</param>
/// <param name="Set">The set in words: <c>training set</c>.</param>
internal sealed record SetRows(IDataView Data, DataViewSchema.Column Features, DataViewSchema.Column Label, string Set)
{
    private const int FirstGuess = 1024;

    /// <summary>The label column of the training set where these are the rows of another one; null for the training set itself.</summary>
    public DataViewSchema.Column? Training { get; init; }

    /// <summary>Reads all rows, and keeps some of them back where that is asked for.</summary>
    /// <param name="head">Knows how labels are read.</param>
    /// <param name="network">The network, whose input images must be.</param>
    /// <param name="options">How image files are decoded and streamed.</param>
    /// <param name="device">Where tensors and batches go.</param>
    /// <param name="host">Gets warnings, and may end the decoding.</param>
    /// <param name="fraction">Share that is kept back; null for none.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="InvalidOperationException">There are no rows, a label is missing or unknown, or a pixel is no finite number; the message names set and row, from 0.</exception>
    /// <exception cref="DamagedFileException">An image is corrupt, and the decoding says that this is the end; the message names it.</exception>
    public (TrainingImages All, TrainingImages? KeptBack) Read(
        Head head, NetworkSpec network, ConvNetOptions options, Device device, TrainingHost host, double? fraction = null, long seed = 0)
    {
        using var cursor = Data.GetRowCursor([Features, Label]);
        var labels = head.Reader(cursor, Label, Set, Training);
        Func<LabelReader, IReadOnlyList<int>?, TrainingImages> open = Features.Type is TextDataViewType ? ReadPaths(cursor, labels, network.Input, options, device, host) : ReadPixels(cursor, labels, network.Input, device);
        if (labels.Count == 0)
            throw new InvalidOperationException($"The {Set} has no rows.");
        if (fraction is not { } share)
            return (open(labels, null), null);
        var (kept, back) = ValidationSplit.Of(labels, share, seed);
        var train = open(labels.Take(kept), kept);
        try
        {
            HostLog.KeptBack(host, back.Count, labels.Count);
            return (train, open(labels.Take(back), back));
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    private Func<LabelReader, IReadOnlyList<int>?, TrainingImages> ReadPixels(DataViewRowCursor cursor, LabelReader labels, Shape shape, Device device)
    {
        var reader = FeatureReader.Create(cursor, Features, (int)Math.Min(Data.GetRowCount() ?? FirstGuess, int.MaxValue / shape.Count), shape);
        while (cursor.MoveNext())
        {
            var row = labels.Count;
            if ((row + 1L) * shape.Count > reader.Buffer.LongLength)
                reader.Resize(Math.Max(FirstGuess, checked(row * 2)));
            if (!reader.Read(row))
                throw new InvalidOperationException($"Row {row} of the {Set} has a value in feature column '{Features.Name}' that is not a finite number. Replace or drop such rows before training.");
            labels.Read();
        }

        reader.Resize(labels.Count);
        return (its, rows) => its.Join(rows is null ? reader.Buffer : Gathered(reader.Buffer, rows, shape.Count), shape, device);
    }

    private Func<LabelReader, IReadOnlyList<int>?, TrainingImages> ReadPaths(DataViewRowCursor cursor, LabelReader labels, Shape shape, ConvNetOptions options, Device device, TrainingHost host)
    {
        var paths = new List<string>();
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(Features);
        ReadOnlyMemory<char> path = default;
        while (cursor.MoveNext())
        {
            labels.Read();
            getPath(ref path);
            paths.Add(path.ToString());
        }

        return (its, rows) => TrainingImages.Open(
            its.Join(rows is null ? paths : [.. rows.Select(row => paths[row])]), shape, options.Decoding, options.Streaming, device, host, ownsFiles: true, host.Cancellation.Token);
    }

    private static Array Gathered(Array pixels, IReadOnlyList<int> rows, int size)
    {
        var gathered = Array.CreateInstance(pixels.GetType().GetElementType()!, rows.Count * (long)size);
        foreach (var (place, row) in rows.Index())
            Array.Copy(pixels, row * (long)size, gathered, place * (long)size, size);
        return gathered;
    }
}
