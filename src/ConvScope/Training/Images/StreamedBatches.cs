using ConvScope.Datasets.Decoding;
using static TorchSharp.torch;

namespace ConvScope.Training.Images;

/// <summary>Batches that come from decoder threads. Their tensors are copies: the buffers go back to the decoders at once.</summary>
internal sealed class StreamedBatches(StreamedImages data, DecodedBatches decoded, CancellationToken cancellation) : ImageBatches
{
    private List<(int Place, int Row)> _taken = [];
    private long _count;
    private long _skipped;

    public override double? WaitingSeconds => decoded.Waited.TotalSeconds;

    public override long Skipped => _skipped;

    public override bool IsNextReady => decoded.IsNextReady;

    public override bool MoveNext()
    {
        while (decoded.MoveNext(cancellation))
        {
            _taken = data.Corrupt.LeftOver(decoded);
            _count += _taken.Count;
            _skipped += decoded.Rows.Length - _taken.Count;
            if (_taken.Count > 0)
                return true;
        }

        data.Corrupt.CheckAnyLeft(_count);
        return false;
    }

    public override (Tensor Images, Tensor Labels) Take()
    {
        var batch = decoded.Current;
        for (var i = 0; i < _taken.Count; i++)
        {
            if (_taken[i].Place != i)
                batch.Place(_taken[i].Place).CopyTo(batch.Place(i)); // closes the gaps of those that are left out
        }

        var shape = data.Shape;
        using var shared = from_array(batch.Pixels); // the buffer itself
        var pixels = shared.narrow(0, 0, (long)_taken.Count * shape.Count).reshape(_taken.Count, shape.Channels, shape.Height, shape.Width);
        var images = data.Upload.IsAsynchronous(data.Device) // [N, C, H, W]
            ? data.Upload.Send(pixels, data.Device)
            : pixels.to(shared.dtype, data.Device, copy: true);
        decoded.Release();
        return (images, data.LabelsOf(_taken.Select(image => image.Row))); // [N]
    }

    public override Tensor TakeRows() => data.Upload.Send(from_array(_taken.Select(image => (double)image.Row).ToArray()), data.Device);

    public override Tensor? TakeWeights() => data.Weights is { } weights ? data.Upload.Send(from_array(_taken.Select(image => weights[image.Row]).ToArray()), data.Device) : null;

    public override void Dispose() => decoded.Dispose();
}
