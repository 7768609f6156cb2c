using System.Globalization;
using System.Threading.Channels;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Files;

namespace ConvScope.Records.Recording;

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
    /// <summary>Entries that wait to be written at most; where there are as many, the training waits.</summary>
    internal const int QueueLength = 1024;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly Channel<Action<RecordTables>> _queue = Channel.CreateBounded<Action<RecordTables>>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly string _folder;
    private readonly string? _run; // whose record it is, where that was said
    private readonly List<string> _discarded = []; // deleted once the record no longer names them
    private readonly List<ManualResetEventSlim> _awaited = []; // set once what came before is committed
    private readonly Dictionary<string, string> _said = new(StringComparer.Ordinal); // metadata: tried once more at the end
    private readonly Action<Exception> _onFailure;
    private readonly RecordTables _tables;
    private readonly ManualResetEventSlim _isUrgent = new(); // somebody waits for the disk
    private readonly Thread _thread;
    private readonly TimeProvider _time = TimeProvider.System;
    private long _beat; // of the writing thread: when the record last said that it lives
    private bool _isTold; // of the writing thread
    private SnapshotWriter? _snapshots; // of the writing thread
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
        (_folder, _run) = (folder, metadata.GetValueOrDefault(MetadataNames.Run));
        _beat = _time.GetTimestamp();
        _onFailure = onFailure ?? throw new ArgumentNullException(nameof(onFailure));
        Directory.CreateDirectory(Path.Combine(folder, RecordSchema.SnapshotFolder));
        _tables = RecordTables.Start(Path.Combine(folder, RecordSchema.FileName), metadata);
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "ConvScope record" };
        _thread.Start();
    }

    /// <summary>Which snapshots are kept. Default all of them.</summary>
    public Retention Retention { get; init; } = new();

    /// <summary>Bytes that the files of the snapshots may take; null, the default, for any number. While the record still names a file that goes, it lies beside the one that comes.</summary>
    public long? SnapshotLimit { get; init; }

    /// <summary>Called once, on the writing thread, when <see cref="SnapshotLimit"/> is reached, with what became of it in words; null, the default, for nobody.</summary>
    public Action<string>? OnSnapshotLimit { get; init; }

    /// <summary>Appends the readings of one step.</summary>
    public void Append(StepReadings readings) => Enqueue(tables => tables.Insert(readings));

    /// <summary>Adds or replaces metadata.</summary>
    public void SetMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (key, value) in metadata)
            _said[key] = value;
        Enqueue(tables => tables.SetMetadata(metadata));
    }

    /// <summary>Adds or replaces metadata that take a while to say; the writing thread asks for them.</summary>
    internal void SetMetadata(Func<IReadOnlyDictionary<string, string>> metadata) => Enqueue(tables => tables.SetMetadata(metadata()));

    /// <summary>Adds or replaces a finding.</summary>
    public void Append(Finding finding) => Enqueue(tables => tables.UpsertFinding(finding));

    /// <summary>Appends the confusions of an epoch.</summary>
    /// <param name="step">The epoch's last step.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="dataset"><c>train</c> or <c>validation</c>.</param>
    /// <param name="confusion">The counts.</param>
    public void Append(long step, int epoch, string dataset, ConfusionMatrix confusion) => Enqueue(tables => tables.InsertConfusion(step, epoch, dataset, confusion));

    /// <summary>
    /// Writes a snapshot's file, then notes it in the record; then deletes what <see cref="Retention"/> does not keep, and what <see cref="SnapshotLimit"/> has no room for: the oldest between
    /// the first and the last of each kind. Where that is not enough the snapshot is left out; for the last weights, others give way.
    /// </summary>
    /// <param name="step">Optimizer updates made so far.</param>
    /// <param name="epoch">Epochs completed so far.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="arrays">The tensors; not changed by the caller afterwards.</param>
    public void AppendSnapshot(long step, int epoch, SnapshotKind kind, IReadOnlyList<NamedArray> arrays) => Snapshot(step, epoch, kind, () => Safetensors.Tensors(arrays), isWhole: false);

    /// <summary>Appends a snapshot of all that a network keeps, running statistics too, in element types of their own.</summary>
    internal void AppendWeights(long step, int epoch, IReadOnlyList<StoredTensor> tensors) => Snapshot(step, epoch, SnapshotKind.Weights, () => tensors, isWhole: true);

    private void Snapshot(long step, int epoch, SnapshotKind kind, Func<IReadOnlyList<StoredTensor>> tensors, bool isWhole) => Enqueue(tables =>
    {
        _snapshots ??= new SnapshotWriter(_folder, Retention, SnapshotLimit, OnSnapshotLimit);
        Attempt(() =>
        {
            RunClaim.Check(_folder, _run);
            _discarded.AddRange(_snapshots.Write(tables, step, epoch, kind, tensors(), isWhole));
        });
    });

    /// <summary>A snapshot that cannot be written costs itself and one warning: the readings, and how the training ended, may still find room.</summary>
    private void Attempt(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Report(exception);
        }
    }

    /// <summary>Waits until all that was appended is written.</summary>
    internal void Flush()
    {
        using var isWritten = new ManualResetEventSlim();
        Enqueue(_ => _awaited.Add(isWritten));
        _isUrgent.Set();
        while (!_failed && _thread.IsAlive && !isWritten.Wait(_pause)) { }
        _isUrgent.Reset();
    }

    /// <summary>Writes what is still queued and closes the record. Harmless when called again.</summary>
    public void Dispose()
    {
        if (!_queue.Writer.TryComplete())
            return;
        _isUrgent.Set();
        _thread.Join();
        if (_failed)
            SayLastWords();
        _tables.Dispose();
        _isUrgent.Dispose();
    }

    /// <summary>How the training ended is worth another try: a disk that was full may have room for a line.</summary>
    private void SayLastWords()
    {
        try
        {
            _tables.InTransaction(() => _tables.SetMetadata(_said));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // the failure that came first has been told
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
        while (IsMoreToWrite())
        {
            try
            {
                if (!_failed)
                    WriteQueued();
            }
            catch (Exception exception) // on a thread of its own, one that nobody catches would end the process
            {
                _failed = true;
                Report(exception);
            }

            while (_failed && _queue.Reader.TryRead(out _)) { }
            if (!_failed)
                _isUrgent.Wait(_pause); // gathers readings: a transaction a step would cost a disk flush each
        }
    }

    /// <summary>Waits for what is to be written, and gives a sign of life from time to time.</summary>
    private bool IsMoreToWrite()
    {
        var more = _queue.Reader.WaitToReadAsync().AsTask();
        while (!more.Wait(RecordingProcess.Heartbeat))
            _queue.Writer.TryWrite(_ => { }); // what is written carries a sign of life
        return more.GetAwaiter().GetResult();
    }

    private void Report(Exception exception)
    {
        if (_isTold)
            return;
        _isTold = true;
        try
        {
            _onFailure(exception);
        }
        catch (Exception)
        {
            // a log that fails leaves nobody to be told
        }
    }

    private void WriteQueued()
    {
        _tables.InTransaction(() =>
        {
            for (var count = 0; count < QueueLength && _queue.Reader.TryRead(out var write); count++)
                write(_tables);
            if (_time.GetElapsedTime(_beat) >= RecordingProcess.Heartbeat)
            {
                _tables.SetMetadata(new Dictionary<string, string> { [MetadataNames.Heartbeat] = _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) });
                _beat = _time.GetTimestamp();
            }
        });
        if (_discarded.Count > 0 && !RunClaim.IsAnothers(_folder, _run))
            _discarded.ForEach(WholeFile.Discard); // one that cannot be deleted stays, and the record goes on
        _discarded.Clear();
        _awaited.ForEach(isWritten => isWritten.Set());
        _awaited.Clear();
    }
}
