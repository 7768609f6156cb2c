using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>Keeps, over batches and on the device, the images with the largest loss among those that were classified wrong; they are copied to the host once, when they are asked for.</summary>
internal sealed class WorstMistakes : IDisposable
{
    /// <summary>Mistakes that are kept.</summary>
    public const int Kept = 16;

    private Tensor? _worst; // [M, 5]: row, label, predicted, probability, loss

    /// <summary>Looks at a batch: logits <c>[N, K]</c>, labels <c>[N]</c>, and the row of its first image.</summary>
    public void Add(Tensor outputs, Tensor labels, long firstRow)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var logProbabilities = nn.functional.log_softmax(outputs.detach().to(ScalarType.Float32), 1);
        var (largest, predicted) = logProbabilities.max(1); // [N]
        var losses = logProbabilities.gather(1, labels.unsqueeze(1)).squeeze(1).neg();
        var isWrong = predicted.ne(labels).logical_and(losses.isfinite());
        var rows = arange(firstRow, firstRow + labels.shape[0], ScalarType.Float64, labels.device);
        var batch = stack([rows, labels.to(ScalarType.Float64), predicted.to(ScalarType.Float64), largest.exp().to(ScalarType.Float64), where(isWrong, losses, -1f).to(ScalarType.Float64)], 1);
        var candidates = _worst is null ? batch : cat([_worst, batch]); // those kept before come first: they stay where losses are equal
        var (_, best) = candidates.select(1, 4).topk((int)Math.Min(Kept, candidates.shape[0]));
        _worst?.Dispose();
        _worst = candidates.index_select(0, best).DetachFromDisposeScope();
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

    public void Dispose() => _worst?.Dispose();
}
