using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training.Images;

/// <summary>Batches selected from tensors, where those lie; from host memory they are sent to the device.</summary>
internal sealed class ResidentBatches : ImageBatches
{
    private readonly LabeledImages _data;
    private readonly int _batchSize;
    private readonly Tensor? _order; // [count]
    private readonly Tensor? _weights; // [count]
    private long _start;
    private long _next;

    /// <summary>Batches in random order, or in the set's own.</summary>
    public ResidentBatches(LabeledImages data, int batchSize, Generator? shuffle = null, DrawnOrder? drawn = null)
    {
        _data = data;
        _batchSize = batchSize;
        if (shuffle is null)
            return;
        using var scope = NewDisposeScope();
        var order = drawn is null ? randperm(data.Count, ScalarType.Int64, CPU, generator: shuffle) : from_array(drawn.Next(shuffle).Select(row => (long)row).ToArray());
        _order = data.Upload.Send(order, data.Images.device).DetachFromDisposeScope();
        if (data.Weights is { } weights)
            _weights = data.Upload.Send(from_array(weights.ToArray()), data.Images.device).DetachFromDisposeScope();
    }

    private long Size => _next - _start;

    public override bool MoveNext()
    {
        _start = _next;
        _next = Math.Min(_start + _batchSize, _data.Count);
        return Size > 0;
    }

    public override (Tensor Images, Tensor Labels) Take()
    {
        if (_order is null)
            return (Sent(_data.Images.narrow(0, _start, Size)), Sent(_data.Labels.narrow(0, _start, Size)));
        var rows = _order.narrow(0, _start, Size); // [N]
        return (Sent(_data.Images.index_select(0, rows)), Sent(_data.Labels.index_select(0, rows)));
    }

    public override Tensor TakeRows() => _order is null
        ? arange(_start, _next, ScalarType.Float64, _data.Device)
        : Sent(_order.narrow(0, _start, Size).to(ScalarType.Float64));

    public override Tensor? TakeWeights() => _weights is null ? null : Sent(_weights.index_select(0, _order!.narrow(0, _start, Size)));

    public override void Dispose()
    {
        _order?.Dispose();
        _weights?.Dispose();
    }

    private Tensor Sent(Tensor selected) => _data.IsOnHost ? _data.Upload.Send(selected, _data.Device) : selected;
}
