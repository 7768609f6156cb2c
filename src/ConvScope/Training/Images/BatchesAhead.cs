using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training.Images;

/// <summary>
/// Batches that go to a GPU, one ahead: the copy of the next one is started, where it is ready on the host, before the network is given
/// this one. What goes wrong with a batch is told when that batch is due.
/// </summary>
/// <param name="batches">Gives batches on the device; their copies need not be over.</param>
/// <param name="withRows">Whether rows will be asked for.</param>
internal sealed class BatchesAhead(ImageBatches batches, bool withRows) : ImageBatches
{
    private Batch? _current, _next;
    private ExceptionDispatchInfo? _failure;

    public override double? WaitingSeconds => batches.WaitingSeconds;

    public override long Skipped => batches.Skipped;

    public override bool MoveNext()
    {
        _current?.Dispose();
        (_current, _next) = (_next, null);
        _failure?.Throw();
        _current ??= Fetch();
        if (_current is not null && batches.IsNextReady)
            FetchNext();
        return _current is not null;
    }

    public override (Tensor Images, Tensor Labels) Take() => (_current!.Images.alias(), _current.Labels.alias());

    public override Tensor TakeRows() => _current!.Rows!.alias();

    public override Tensor? TakeWeights() => _current!.Weights?.alias();

    public override void Dispose()
    {
        _current?.Dispose();
        _next?.Dispose();
        batches.Dispose();
    }

    private void FetchNext()
    {
        try
        {
            _next = Fetch();
        }
        catch (Exception exception) // it belongs to the next batch
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
    }

    private Batch? Fetch()
    {
        if (!batches.MoveNext())
            return null;
        using var scope = NewDisposeScope();
        var (images, labels) = batches.Take();
        var rows = withRows ? batches.TakeRows() : null;
        var weights = batches.TakeWeights();
        return new Batch(images.DetachFromDisposeScope(), labels.DetachFromDisposeScope(), rows?.DetachFromDisposeScope(), weights?.DetachFromDisposeScope());
    }

    private sealed record Batch(Tensor Images, Tensor Labels, Tensor? Rows, Tensor? Weights) : IDisposable
    {
        public void Dispose()
        {
            Images.Dispose();
            Labels.Dispose();
            Rows?.Dispose();
            Weights?.Dispose();
        }
    }
}
