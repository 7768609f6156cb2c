using System.Runtime.InteropServices;
using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training;

/// <summary>Sums loss, right answers, confusions and errors over batches on the device; they are copied to the host once, when they are asked for.</summary>
internal sealed class RunningTotals : IDisposable
{
    private readonly Tensor _loss; // sum over images, double: a float sum of 60,000 losses loses digits
    private readonly Tensor _right;
    private readonly LearningTask _task;
    private Tensor? _confusions; // [K * K]
    private Tensor? _errors; // [3]: squared errors, labels, squared labels; of standardised labels, in double
    private long _count;

    public RunningTotals(Device device, LearningTask task)
    {
        _task = task;
        _loss = zeros(1, ScalarType.Float64, device).DetachFromDisposeScope();
        _right = zeros(1, ScalarType.Int64, device).DetachFromDisposeScope();
    }

    /// <summary>Adds a batch: mean loss (scalar), outputs <c>[N, K]</c>, labels <c>[N]</c>.</summary>
    public void Add(Tensor loss, Tensor outputs, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var size = labels.NumberOfElements;
        _loss.add_(loss.detach(), size); // weighted by the batch's size: the last one may be smaller
        _count += size;
        if (_task.ClassLogits(outputs) is { } logits)
            AddAnswers(logits, labels);
        else
            AddErrors((RegressionTask)_task, outputs, labels);
    }

    /// <summary>Mean loss, and share of right answers with confusions, or errors, over everything that was added; waits for the device.</summary>
    public Scores Read()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var sums = _errors ?? _confusions ?? _right;
        var all = cat([_loss, sums.to(ScalarType.Float64)]).cpu(); // counts stay exact up to 2^53
        var values = MemoryMarshal.Cast<byte, double>(all.bytes);
        var loss = values[0] / _count;
        if (_errors is not null)
            return new Scores(loss, null, null) { Error = Error((RegressionTask)_task, values[1..]) };
        if (_confusions is null)
            return new Scores(loss, values[1] / _count, null);
        long[] counts = [.. values[1..].ToArray().Select(count => (long)count)];
        var confusion = new ConfusionMatrix((int)Math.Sqrt(counts.Length), counts);
        var right = Enumerable.Range(0, confusion.ClassCount).Sum(index => confusion[index, index]);
        return new Scores(loss, (double)right / _count, confusion);
    }

    public void Dispose()
    {
        _loss.Dispose();
        _right.Dispose();
        _confusions?.Dispose();
        _errors?.Dispose();
    }

    private void AddAnswers(Tensor logits, Tensor labels)
    {
        var classes = logits.shape[1];
        var predicted = logits.argmax(1); // [N]
        if (classes > ConfusionMatrix.MostClasses)
        {
            _right.add_(predicted.eq(labels).sum());
            return;
        }

        _confusions ??= zeros(classes * classes, ScalarType.Int64, logits.device).DetachFromDisposeScope();
        _confusions.index_add_(0, labels.mul(classes).add_(predicted), ones_like(labels), 1);
    }

    private void AddErrors(RegressionTask task, Tensor outputs, Tensor labels)
    {
        var expected = task.Standardize(labels).to(ScalarType.Float64); // [N]
        var errors = outputs.detach().squeeze(1).to(ScalarType.Float64).sub(expected);
        _errors ??= zeros(3, ScalarType.Float64, outputs.device).DetachFromDisposeScope();
        _errors.add_(stack([errors.square().sum(), expected.sum(), expected.square().sum()]));
    }

    private RegressionError Error(RegressionTask task, ReadOnlySpan<double> sums)
    {
        var variance = sums[2] - sums[1] * sums[1] / _count;
        var rSquared = variance > 0 ? 1 - sums[0] / variance : double.NaN;
        return new RegressionError(task.StandardDeviation * Math.Sqrt(sums[0] / _count), rSquared);
    }
}
