using System.Threading.Channels;
using ConvScope.Checkpoints;

namespace ConvScope.Recording;

/// <summary>
/// Writes a record from a thread of its own: a training step hands over plain values and goes on. The queue is bounded; where it is full
/// the training waits, so nothing is lost. Every batch is one transaction, at most a quarter of a second apart.
/// </summary>
/// <remarks>
/// A failure to write, such as a full disk, is reported once to the callback; what comes after it is dropped and the training goes on.
/// The append methods belong to one thread at a time.
/// </remarks>
public sealed class RunRecordWriter : IDisposable
{
    private const int QueueLength = 1024;

    private readonly Channel<Action<RecordTables>> _queue = Channel.CreateBounded<Action<RecordTables>>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly string _folder;
    private readonly Action<Exception> _onFailure;
    private readonly RecordTables _tables;
    private readonly Thread _thread;
    private volatile bool _failed;

    /// <summary>Starts a record in <paramref name="folder"/>, which is created where it does not exist.</summary>
    /// <param name="folder">The run folder; it holds no record yet.</param>
    /// <param name="metadata">What is known of the run at its start; more may follow.</param>
    /// <param name="onFailure">Called once, on the writing thread, if writing fails.</param>
    /// <exception cref="IOException">The folder already holds a record, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public RunRecordWriter(string folder, IReadOnlyDictionary<string, string> metadata, Action<Exception> onFailure)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(metadata);
        _folder = folder;
        _onFailure = onFailure ?? throw new ArgumentNullException(nameof(onFailure));
        Directory.CreateDirectory(Path.Combine(folder, RecordSchema.SnapshotFolder));
        _tables = Start(Path.Combine(folder, RecordSchema.FileName), metadata);
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "ConvScope record" };
        _thread.Start();
    }

    /// <summary>Appends the readings of one step.</summary>
    public void Append(StepReadings readings) => Enqueue(tables => tables.Insert(readings));

    /// <summary>Adds or replaces metadata.</summary>
    public void SetMetadata(IReadOnlyDictionary<string, string> metadata) => Enqueue(tables => tables.SetMetadata(metadata));

    /// <summary>Writes a snapshot's file, then notes it in the record.</summary>
    /// <param name="step">Optimizer updates made so far.</param>
    /// <param name="epoch">Epochs completed so far.</param>
    /// <param name="arrays">The parameters; not changed by the caller afterwards.</param>
    public void AppendSnapshot(long step, int epoch, IReadOnlyList<NamedArray> arrays) => Enqueue(tables =>
    {
        var file = $"{RecordSchema.SnapshotFolder}/step-{step:D6}.safetensors";
        Safetensors.Write(Path.Combine(_folder, file), arrays, new Dictionary<string, string> { ["step"] = $"{step}", ["epoch"] = $"{epoch}" });
        tables.InsertSnapshot(step, epoch, file);
    });

    /// <summary>Writes what is still queued and closes the record. Harmless when called again.</summary>
    public void Dispose()
    {
        if (!_queue.Writer.TryComplete())
            return;
        _thread.Join();
        _tables.Dispose();
    }

    private static RecordTables Start(string path, IReadOnlyDictionary<string, string> metadata)
    {
        using (new FileStream(path, FileMode.CreateNew)) { } // claims the folder, also against another process
        RecordTables? tables = null;
        try
        {
            tables = new RecordTables(path);
            tables.InTransaction(() => tables.SetMetadata(metadata));
            return tables;
        }
        catch
        {
            tables?.Dispose();
            File.Delete(path);
            throw;
        }
    }

    private void Enqueue(Action<RecordTables> write)
    {
        if (_failed)
            return;
        if (!_queue.Writer.TryWrite(write))
            _queue.Writer.WriteAsync(write).AsTask().GetAwaiter().GetResult(); // full: the training waits for the disk
    }

    private void WriteAll()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            try
            {
                if (!_failed)
                    _tables.InTransaction(WriteQueued);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                _failed = true;
                _onFailure(exception);
            }

            while (_failed && _queue.Reader.TryRead(out _)) { }
            if (!_queue.Reader.Completion.IsCompleted)
                Thread.Sleep(_failed ? 0 : 50); // gathers readings: a transaction a step would cost a disk flush each
        }
    }

    private void WriteQueued()
    {
        while (_queue.Reader.TryRead(out var write))
            write(_tables);
    }
}
