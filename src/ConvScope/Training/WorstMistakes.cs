using System.Runtime.InteropServices;
using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>Keeps, over batches and on the device, the images with the largest loss among those that were classified wrong; they are copied to the host once, when they are asked for.</summary>
/// <param name="task">Tells which are wrong; a regression has none.</param>
internal sealed class WorstMistakes(LearningTask task) : IDisposable
{
    /// <summary>Mistakes that are kept.</summary>
    public const int Kept = 16;

    private Tensor? _worst; // [M, 5]: row, label, predicted, probability, loss
    private Tensor? _images; // [M, …]

    /// <summary>Looks at a batch whose rows follow each other.</summary>
    /// <param name="outputs">The network's outputs, <c>[N, K]</c>.</param>
    /// <param name="labels">Class indices, <c>[N]</c>; below 0 for what has none.</param>
    /// <param name="firstRow">Row of the first image.</param>
    /// <param name="images">The images, <c>[N, …]</c>, where they are to be kept too; then with every batch.</param>
    public void Add(Tensor outputs, Tensor labels, long firstRow, Tensor? images = null)
    {
        using var rows = arange(firstRow, firstRow + labels.shape[0], ScalarType.Float64, labels.device);
        Add(outputs, labels, rows, images);
    }

    /// <summary>Looks at a batch.</summary>
    /// <param name="outputs">The network's outputs, <c>[N, K]</c>.</param>
    /// <param name="labels">Class indices, <c>[N]</c>.</param>
    /// <param name="rows">Rows of the images, <c>[N]</c>, doubles.</param>
    /// <param name="images">The images, <c>[N, …]</c>, where they are to be kept too; then with every batch.</param>
    public void Add(Tensor outputs, Tensor labels, Tensor rows, Tensor? images = null)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        if (task.ClassLogits(outputs.detach()) is not { } logits)
            return;
        var logProbabilities = nn.functional.log_softmax(logits.to(ScalarType.Float32), 1);
        var (largest, predicted) = logProbabilities.max(1); // [N]
        var losses = logProbabilities.gather(1, labels.clamp_min(0).unsqueeze(1)).squeeze(1).neg();
        var isWrong = predicted.ne(labels).logical_and(losses.isfinite()).logical_and(labels.ge(0));
        Tensor[] columns = [rows, labels, predicted, largest.exp(), losses.masked_fill(isWrong.logical_not(), -1)];
        var batch = stack([.. columns.Select(column => column.to(ScalarType.Float64))], 1);
        var candidates = _worst is null ? batch : cat([_worst, batch]); // those kept before come first: they stay where losses are equal
        var (_, best) = candidates.select(1, 4).topk((int)Math.Min(Kept, candidates.shape[0]));
        if (images is not null)
            Replace(ref _images, (_images is null ? images : cat([_images, images])).index_select(0, best));
        Replace(ref _worst, candidates.index_select(0, best));
    }

    /// <summary>The mistakes, the worst first; waits for the device.</summary>
    public IReadOnlyList<Mistake> Read()
    {
        if (_worst is null)
            return [];
        using var copy = _worst.cpu();
        var values = MemoryMarshal.Cast<byte, double>(copy.bytes).ToArray();
        return [.. values.Chunk(5).Where(row => row[4] >= 0).Select(row => new Mistake((long)row[0], (int)row[1], (int)row[2], row[3], row[4]))];
    }

    /// <summary>The kept images of the mistakes, <c>[M, …]</c>, in the order of <see cref="Read"/>; null where none were kept. They belong to this instance.</summary>
    public Tensor? Images => _images;

    public void Dispose()
    {
        _worst?.Dispose();
        _images?.Dispose();
    }

    private static void Replace(ref Tensor? kept, Tensor better)
    {
        kept?.Dispose();
        kept = better.DetachFromDisposeScope();
    }
}
