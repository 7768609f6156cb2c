using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Text;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using ConvScope.Reporting.Figures;

namespace ConvScope.Reporting.Checkpoints;

/// <summary>Measures the tensors of a checkpoint and draws them: distributions, a mosaic of each parameter, and a page that shows both. libtorch is not needed.</summary>
/// <remarks>Time and memory are bounded: tensors are read a piece at a time, and a mosaic caps what it draws at 64 × 64 kernels by norm and says what it left out.</remarks>
public static class CheckpointInspection
{
    /// <summary>Name of the page.</summary>
    public const string PageName = "index.html";

    /// <summary>Measures tensors; nothing is written.</summary>
    /// <param name="source">Where they come from, for the summary.</param>
    /// <param name="format">The format of the file, for the summary.</param>
    /// <param name="tensors">The tensors; complex ones are named and left out.</param>
    /// <param name="progress">Told the share that is done, 0 to 1; null for nobody.</param>
    /// <param name="context">What is said of the file beside its tensors; null for nothing.</param>
    /// <exception cref="DamagedFileException">The file was cut off after it was opened.</exception>
    public static CheckpointSummary Measure(string source, string format, IReadOnlyList<StoredTensor> tensors, IProgress<double>? progress = null, CheckpointContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var all = Math.Max(1, tensors.Sum(tensor => tensor.Count));
        var (done, measured) = (0L, new List<ParameterDistribution>());
        foreach (var tensor in Real(tensors))
        {
            measured.Add(ParameterDistribution.Measure(tensor));
            done += tensor.Count;
            progress?.Report((double)done / all);
        }

        context ??= new();
        return new CheckpointSummary(source, format, measured, [])
        {
            LeftOut = [.. tensors.Except(Real(tensors)).Select(tensor => $"{tensor.Name} ({tensor.Type.TorchName()}, {tensor.ShapeText}): its elements have two parts"), .. context.LeftOut],
            Key = context.Key,
            OtherKeys = context.OtherKeys,
            Calls = context.Calls,
        };
    }

    /// <summary>Measures tensors and writes <c>index.html</c>, <c>summary.json</c> and <c>figures/weights/*.png</c>.</summary>
    /// <param name="source">Where they come from, for the page.</param>
    /// <param name="format">The format of the file, for the page.</param>
    /// <param name="tensors">The tensors; complex ones are named and left out.</param>
    /// <param name="folder">Where the files go; made where it is missing.</param>
    /// <param name="progress">Told the share that is done, 0 to 1; null for nobody.</param>
    /// <param name="context">What is said of the file beside its tensors; null for nothing.</param>
    /// <returns>What was measured, with the names of the files.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="DamagedFileException">The file was cut off after it was opened.</exception>
    public static CheckpointSummary Write(string source, string format, IReadOnlyList<StoredTensor> tensors, string folder, IProgress<double>? progress = null, CheckpointContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var measured = Measure(source, format, tensors, new Part(progress, 0, 0.6), context);
        var figures = Draw([.. Real(tensors)], measured.Tensors, folder, new Part(progress, 0.6, 0.4));
        var summary = measured with { Files = [.. figures.Values.Order(StringComparer.Ordinal), PageName, "summary.json"] };
        foreach (var (name, text) in new[] { (PageName, CheckpointPage.Render(summary, figures)), ("summary.json", summary.ToJson()) })
            WholeFile.Write(Path.Combine(folder, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        return summary;
    }

    private static IEnumerable<StoredTensor> Real(IReadOnlyList<StoredTensor> tensors) => tensors.Where(tensor => !tensor.Type.HasTwoParts());

    private static Dictionary<string, string> Draw(List<StoredTensor> tensors, IReadOnlyList<ParameterDistribution> distributions, string folder, IProgress<double> progress)
    {
        Directory.CreateDirectory(folder);
        var names = FigureFile.Names(tensors.Select(tensor => tensor.Name));
        var drawn = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var done = 0;
        try
        {
            // A picture has up to 16 MB: only as many at a time as there are processors.
            Parallel.ForEach(
                Partitioner.Create(tensors.Select((tensor, index) => (tensor, index)).OrderByDescending(entry => entry.tensor.Count), EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, 8) },
                entry =>
                {
                    if (MosaicSource.Create(entry.tensor.Contiguous(), distributions[entry.index]) is { } mosaic)
                    {
                        var path = $"figures/weights/{names[entry.index]}";
                        using var picture = mosaic.Picture();
                        FigureFile.WritePng(Path.Combine(folder, path), mosaic.Size, mosaic.Draw, picture, WeightMosaic.Place);
                        drawn[entry.tensor.Name] = $"{path}.png";
                    }

                    progress.Report((double)Interlocked.Increment(ref done) / tensors.Count);
                });
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        return new Dictionary<string, string>(drawn, StringComparer.Ordinal);
    }

    /// <summary>A part of a longer work.</summary>
    private sealed class Part(IProgress<double>? whole, double begin, double length) : IProgress<double>
    {
        public void Report(double value) => whole?.Report(begin + length * value);
    }
}
