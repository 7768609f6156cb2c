using ConvScope.Datasets;
using ConvScope.Datasets.Files;
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

    /// <summary>The column that says how much each row counts; null for none.</summary>
    public DataViewSchema.Column? Weight { get; init; }

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
        using var cursor = Data.GetRowCursor(Weight is { } column ? [Features, Label, column] : [Features, Label]);
        var labels = head.Reader(cursor, Label, Set, Training);
        var weights = Weight is { } its ? new RowWeights(cursor.GetGetter<float>(its), its.Name, Set) : null;
        var open = Open(cursor, new RowReader(labels, weights), network.Input, options, device, host);
        if (labels.Count == 0)
            throw new InvalidOperationException($"The {Set} has no rows.");
        if (Training is null)
            labels.CheckDiffer();
        if (fraction is not { } share)
            return (open(labels, null, weights?.Of(null)), null);
        var (kept, back) = ValidationSplit.Of(labels, share, seed);
        var train = open(labels.Take(kept), kept, weights?.Of(kept));
        try
        {
            HostLog.KeptBack(host, back.Count, labels.Count);
            return (train, open(labels.Take(back), back, null));
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    /// <summary>Reads the rows, and gives what opens the set of some of them, or of all.</summary>
    private Func<LabelReader, IReadOnlyList<int>?, float[]?, TrainingImages> Open(DataViewRowCursor cursor, RowReader rows, Shape shape, ConvNetOptions options, Device device, TrainingHost host)
    {
        if (Features.Type is TextDataViewType)
        {
            var paths = ReadPaths(cursor, rows);
            return (its, chosen, weights) => Open(its.Join(chosen is null ? paths : [.. chosen.Select(row => paths[row])]), weights);
        }

        if (FeatureColumn.HoldsFiles(Features.Type))
        {
            var files = ReadFiles(cursor, rows);
            return (its, chosen, weights) => Open(its.Join(new HeldFiles(chosen is null ? files : [.. chosen.Select(row => files[row])], index => $"row {chosen?[index] ?? index} of column {Features.Name}")), weights);
        }

        var pixels = ReadPixels(cursor, rows, shape, options.Decoding, host);
        return (its, chosen, weights) =>
        {
            var images = its.Join(chosen is null ? pixels : Gathered(pixels, chosen, shape.Count), shape, device);
            images.Weights = weights;
            return images;
        };

        TrainingImages Open(ImageFiles files, float[]? weights)
        {
            files.Weights = weights;
            return TrainingImages.Open(files, shape, options.Decoding, options.Streaming, device, host, ownsFiles: true, host.Cancellation.Token);
        }
    }

    private Array ReadPixels(DataViewRowCursor cursor, RowReader rows, Shape shape, ImageDecoding decoding, TrainingHost host)
    {
        using var reader = FeatureReader.Create(cursor, Features, (int)Math.Min(Data.GetRowCount() ?? FirstGuess, int.MaxValue / shape.Count), shape, decoding, host);
        while (cursor.MoveNext())
        {
            host.Cancellation.Token.ThrowIfCancellationRequested();
            var place = rows.Count;
            if ((place + 1L) * shape.Count > reader.Buffer.LongLength)
                reader.Resize(Math.Max(FirstGuess, checked(place * 2)));
            var reason = reader.Read(place);
            if (reason is null)
                rows.Read(cursor.Position);
            else if (FeatureColumn.HoldsPixels(Features.Type))
                throw new InvalidOperationException($"Row {cursor.Position} of the {Set} has a value in feature column '{Features.Name}' that is not a finite number. Replace or drop such rows before training.");
        }

        reader.Resize(rows.Count);
        return reader.Buffer;
    }

    private List<string> ReadPaths(DataViewRowCursor cursor, RowReader rows)
    {
        var paths = new List<string>();
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(Features);
        ReadOnlyMemory<char> path = default;
        while (cursor.MoveNext())
        {
            rows.Read(cursor.Position);
            getPath(ref path);
            paths.Add(path.ToString());
        }

        return paths;
    }

    private List<byte[]> ReadFiles(DataViewRowCursor cursor, RowReader rows)
    {
        var files = new List<byte[]>();
        var getFile = cursor.GetGetter<VBuffer<byte>>(Features);
        VBuffer<byte> file = default;
        while (cursor.MoveNext())
        {
            rows.Read(cursor.Position);
            getFile(ref file);
            files.Add([.. file.DenseValues()]);
        }

        return files;
    }

    private static Array Gathered(Array pixels, IReadOnlyList<int> rows, int size)
    {
        var gathered = Array.CreateInstance(pixels.GetType().GetElementType()!, rows.Count * (long)size);
        foreach (var (place, row) in rows.Index())
            Array.Copy(pixels, row * (long)size, gathered, place * (long)size, size);
        return gathered;
    }

    /// <summary>Reads what a row has beside its image.</summary>
    private sealed class RowReader(LabelReader labels, RowWeights? weights)
    {
        public int Count => labels.Count;

        public void Read(long row)
        {
            labels.Read(row);
            weights?.Read(row);
        }
    }
}
