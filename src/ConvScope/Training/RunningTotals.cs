using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>Sums loss, right answers and confusions over batches on the device; they are copied to the host once, when they are asked for.</summary>
internal sealed class RunningTotals : IDisposable
{
    private readonly Tensor _loss; // sum over images, double: a float sum of 60,000 losses loses digits
    private readonly Tensor _right;
    private Tensor? _confusions; // [K * K]
    private long _count;

    public RunningTotals(Device device)
    {
        _loss = zeros(1, ScalarType.Float64, device).DetachFromDisposeScope();
        _right = zeros(1, ScalarType.Int64, device).DetachFromDisposeScope();
    }

    /// <summary>Adds a batch: mean loss (scalar), logits <c>[N, K]</c>, labels <c>[N]</c>.</summary>
    public void Add(Tensor loss, Tensor outputs, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var size = labels.NumberOfElements;
        var classes = outputs.shape[1];
        var predicted = outputs.argmax(1); // [N]
        _loss.add_(loss.detach(), size); // weighted by the batch's size: the last one may be smaller
        _count += size;
        if (classes > ConfusionMatrix.MostClasses)
        {
            _right.add_(predicted.eq(labels).sum());
            return;
        }

        _confusions ??= zeros(classes * classes, ScalarType.Int64, outputs.device).DetachFromDisposeScope();
        _confusions.index_add_(0, labels.mul(classes).add_(predicted), ones_like(labels), 1);
    }

    /// <summary>Mean loss and share of right answers over everything that was added, and its confusions; waits for the device.</summary>
    public Scores Read()
    {
        var loss = _loss.item<double>() / _count;
        if (_confusions is null)
            return new Scores(loss, (double)_right.item<long>() / _count, null);
        using var copy = _confusions.cpu();
        var counts = MemoryMarshal.Cast<byte, long>(copy.bytes).ToArray();
        var confusion = new ConfusionMatrix((int)Math.Sqrt(counts.Length), counts);
        var right = Enumerable.Range(0, confusion.ClassCount).Sum(index => confusion[index, index]);
        return new Scores(loss, (double)right / _count, confusion);
    }

    public void Dispose()
    {
        _loss.Dispose();
        _right.Dispose();
        _confusions?.Dispose();
    }
}
