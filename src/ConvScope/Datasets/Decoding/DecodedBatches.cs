using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace ConvScope.Datasets.Decoding;

/// <summary>
/// Decodes images in a given order, on several threads and a bounded number of batches ahead of whoever takes them. What is given depends on the order alone, not on the number of threads: every image has its place,
/// and a fault is told when its batch is taken.
/// </summary>
internal sealed class DecodedBatches : IDisposable
{
    private readonly object _signal = new();
    private readonly int[] _order;
    private readonly int _batchSize;
    private readonly DecodedBatch[] _ring;
    private readonly List<Thread> _threads = [];
    private long _waited;
    private int _next; // the next image that a thread takes, as a place in the order
    private int _taken = -1; // the batch that was taken last
    private int _released; // batches whose buffers are free again
    private bool _stopped;

    /// <summary>Starts the threads.</summary>
    /// <param name="order">Indices of images.</param>
    /// <param name="batchSize">Images of a batch; the last one holds what is left.</param>
    /// <param name="ahead">Batches that are held at most, at least 1.</param>
    /// <param name="imageSize">Bytes of an image.</param>
    /// <param name="readers">One reader a thread.</param>
    public DecodedBatches(int[] order, int batchSize, int ahead, int imageSize, IReadOnlyList<ImageReader> readers)
    {
        _order = order;
        _batchSize = batchSize;
        _ring = [.. Enumerable.Range(0, Math.Min(ahead, BatchCount)).Select(_ => new DecodedBatch(Math.Min(batchSize, order.Length), imageSize))];
        for (var batch = 0; batch < _ring.Length; batch++)
            Renew(batch);
        foreach (var reader in readers)
        {
            var thread = new Thread(() => Decode(reader)) { IsBackground = true, Name = "ConvScope decoder" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Time that <see cref="MoveNext"/> waited for images.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, _waited);

    /// <summary>The batch that was taken last.</summary>
    public DecodedBatch Current => _ring[_taken % _ring.Length];

    /// <summary>The images of the batch that was taken last, as the order has them.</summary>
    public ReadOnlySpan<int> Rows => _order.AsSpan(_taken * _batchSize, SizeOf(_taken));

    /// <summary>Whether <see cref="MoveNext"/> would not wait.</summary>
    public bool IsNextReady
    {
        get
        {
            lock (_signal)
                return _taken + 1 >= BatchCount || (_released > _taken && _ring[(_taken + 1) % _ring.Length].Missing == 0);
        }
    }

    private int BatchCount => (int)(((long)_order.Length + _batchSize - 1) / _batchSize);

    /// <summary>Waits for the next batch.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="OperationCanceledException">The token asked for the end.</exception>
    public bool MoveNext(CancellationToken cancellation)
    {
        Release();
        if (_taken + 1 >= BatchCount)
            return false;
        _taken++;
        using var woken = cancellation.Register(Wake);
        var start = Stopwatch.GetTimestamp();
        lock (_signal)
        {
            while (Current.Missing > 0 && !cancellation.IsCancellationRequested)
                Monitor.Wait(_signal);
        }

        _waited += Stopwatch.GetTimestamp() - start;
        cancellation.ThrowIfCancellationRequested();
        Current.Failure?.Throw();
        return true;
    }

    /// <summary>Gives the buffer of the taken batch back, so that a later batch can be decoded into it.</summary>
    public void Release()
    {
        lock (_signal)
        {
            if (_released > _taken)
                return;
            _released = _taken + 1;
            Renew(_taken + _ring.Length);
            Monitor.PulseAll(_signal);
        }
    }

    /// <summary>Ends the threads and waits for them.</summary>
    public void Dispose()
    {
        lock (_signal)
        {
            _stopped = true;
            Monitor.PulseAll(_signal);
        }

        foreach (var thread in _threads)
            thread.Join();
        _threads.Clear();
    }

    private int SizeOf(int batch) => Math.Min(_batchSize, _order.Length - batch * _batchSize);

    private void Wake()
    {
        lock (_signal)
            Monitor.PulseAll(_signal);
    }

    private void Renew(int batch)
    {
        if (batch >= BatchCount)
            return;
        var renewed = _ring[batch % _ring.Length];
        renewed.Missing = SizeOf(batch);
        renewed.Failure = null;
    }

    private void Decode(ImageReader reader)
    {
        while (TakePlace() is var place and >= 0)
        {
            var batch = _ring[place / _batchSize % _ring.Length];
            var index = place % _batchSize;
            ExceptionDispatchInfo? failure = null;
            try
            {
                batch.Reasons[index] = reader.Read(_order[place], batch.Place(index));
            }
            catch (Exception exception) // it belongs on the thread that takes the batch
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            lock (_signal)
            {
                batch.Failure ??= failure;
                if (--batch.Missing == 0)
                    Monitor.PulseAll(_signal);
            }
        }
    }

    /// <summary>Waits until the next image may be decoded; −1 where there is none.</summary>
    private int TakePlace()
    {
        lock (_signal)
        {
            while (!_stopped && _next < _order.Length && _next / _batchSize >= _released + _ring.Length)
                Monitor.Wait(_signal);
            return _stopped || _next >= _order.Length ? -1 : _next++;
        }
    }
}
