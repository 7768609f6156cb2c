using ConvScope.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// Training images that are kept to be shown to the network again: copies of the first batches, all of one size and type. Where the network keeps something from call to call, batches are kept as they came, since what it
/// keeps may have their number of images.
/// </summary>
/// <param name="keepsBatches">Whether batches stay whole.</param>
internal sealed class ProbeImages(bool keepsBatches) : IDisposable
{
    /// <summary>Images of the batch whose layer outputs are measured, where batches need not stay whole.</summary>
    public const int BatchSize = 64;

    /// <summary>Images that are kept, about.</summary>
    public const int SetSize = 2048;

    private const long LargestSet = 64L << 20; // bytes

    private readonly List<(Tensor Images, Tensor? Labels)> _batches = [];
    private long _count;

    /// <summary>Whether there are images to show.</summary>
    public bool IsReady => _batches.Count > 0;

    /// <summary>Whether as many are kept as may be.</summary>
    public bool IsFull { get; private set; }

    /// <summary>The batches.</summary>
    public IReadOnlyList<(Tensor Images, Tensor? Labels)> Batches => _batches;

    /// <summary>The batch whose layer outputs are measured; it belongs to the dispose scope that is open.</summary>
    public (Tensor Images, Tensor? Labels) Batch()
    {
        var (images, labels) = _batches[0];
        var size = keepsBatches ? images.shape[0] : Math.Min(BatchSize, images.shape[0]);
        return (images.narrow(0, 0, size), labels?.narrow(0, 0, size));
    }

    /// <summary>All images and labels; they belong to the dispose scope that is open. Null where labels are not known.</summary>
    public (Tensor Images, Tensor Labels)? All() => _batches.Count == 0 || _batches.Exists(batch => batch.Labels is null)
        ? null
        : (cat([.. _batches.Select(batch => batch.Images)]), cat([.. _batches.Select(batch => batch.Labels!)]));

    /// <summary>Keeps a batch, unless the set is full or its images are of another kind than those before.</summary>
    /// <param name="images">The images, <c>[N, …]</c>.</param>
    /// <param name="labels">A label an image, <c>[N]</c>; others are no labels of images.</param>
    public void Add(Tensor images, Tensor? labels)
    {
        if (IsFull || images.dim() < 2 || images.shape[0] == 0 || (_batches.Count > 0 && !IsAlike(images, _batches[0].Images)))
            return;
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var take = keepsBatches ? images.shape[0] : Math.Min(images.shape[0], SetSize - _count);
        var copy = images.narrow(0, 0, take).detach().clone().DetachFromDisposeScope();
        var itsLabels = labels is not null && labels.dim() == 1 && labels.shape[0] == images.shape[0] ? labels.narrow(0, 0, take).detach().clone().DetachFromDisposeScope() : null;
        _batches.Add((copy, itsLabels));
        _count += take;
        IsFull = _count >= SetSize || _batches.Sum(batch => batch.Images.NumberOfElements * batch.Images.ElementSize) >= LargestSet;
    }

    public void Dispose()
    {
        foreach (var (images, labels) in _batches)
        {
            images.Dispose();
            labels?.Dispose();
        }

        _batches.Clear();
    }

    private bool IsAlike(Tensor images, Tensor first) =>
        images.dtype == first.dtype && Devices.IsSame(images.device, first.device) && images.shape.AsSpan(keepsBatches ? 0 : 1).SequenceEqual(first.shape.AsSpan(keepsBatches ? 0 : 1));
}
