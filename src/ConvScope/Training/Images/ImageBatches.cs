using static TorchSharp.torch;

namespace ConvScope.Training.Images;

/// <summary>The batches of one pass over a set.</summary>
internal abstract class ImageBatches : IDisposable
{
    /// <summary>Seconds that were spent on waiting for images; null for a set that is held in memory.</summary>
    public virtual double? WaitingSeconds => null;

    /// <summary>Images that were left out because they are corrupt.</summary>
    public virtual long Skipped => 0;

    /// <summary>Whether the next batch can be taken without a wait for it.</summary>
    public virtual bool IsNextReady => true;

    /// <summary>Goes on to the next batch; waits for it where it is still being decoded.</summary>
    public abstract bool MoveNext();

    /// <summary>The batch's images <c>[N, C, H, W]</c> and labels <c>[N]</c>, in the dispose scope that is open.</summary>
    public abstract (Tensor Images, Tensor Labels) Take();

    /// <summary>Rows of the batch's images in the set, <c>[N]</c>, doubles on the device, in the dispose scope that is open.</summary>
    public abstract Tensor TakeRows();

    /// <summary>How much each of the batch's images counts, <c>[N]</c>, 32-bit floats on the device, in the dispose scope that is open; null for 1 each.</summary>
    public abstract Tensor? TakeWeights();

    public abstract void Dispose();
}
