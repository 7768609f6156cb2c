using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>Sums loss and right answers over batches on the device; they are copied to the host once, when they are asked for.</summary>
internal sealed class RunningTotals : IDisposable
{
    private readonly Tensor _loss; // sum over images, double: a float sum of 60,000 losses loses digits
    private readonly Tensor _right;
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
        _loss.add_(loss.detach(), size); // weighted by the batch's size: the last one may be smaller
        _right.add_(outputs.argmax(1).eq(labels).sum());
        _count += size;
    }

    /// <summary>Mean loss and share of right answers over everything that was added; waits for the device.</summary>
    public (double Loss, double Accuracy) Means() => (_loss.item<double>() / _count, (double)_right.item<long>() / _count);

    public void Dispose()
    {
        _loss.Dispose();
        _right.Dispose();
    }
}
