using System.Runtime.InteropServices;

namespace ConvScope.Training;

/// <summary>
/// Lets Ctrl+C (SIGINT) and SIGTERM end a training in order: the first one cancels <see cref="Token"/>, so that the step is finished and record, checkpoint and report are written; a second one ends the process at once. One that comes within a
/// second of the first is none of its own: <c>timeout</c>, a shell or a scheduler tell a program and its group of processes of one and the same wish.
/// <code>
/// using var signals = new TerminationSignals();
/// // … new ConvNetOptions { Cancellation = signals.Token }, or Trainer.Train(…, signals.Token)
/// return signals.ExitStatus ?? 0;
/// </code>
/// </summary>
/// <remarks>For programs, not for libraries: the handlers hold for the whole process until this is disposed.</remarks>
public sealed class TerminationSignals : IDisposable
{
    private const int Interrupted = 130, Terminated = 143; // 128 and the signal's number, as shells count

    private static readonly TimeSpan _oneWish = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeProvider _time;
    private long _first;

    /// <summary>Begins to listen.</summary>
    public TerminationSignals()
        : this(TimeProvider.System)
    {
    }

    /// <summary>Begins to listen, by another clock.</summary>
    internal TerminationSignals(TimeProvider time)
    {
        _time = time;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, End), PosixSignalRegistration.Create(PosixSignal.SIGTERM, End)];
    }

    /// <summary>Is cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit status that belongs to the signal that came: 130 for Ctrl+C, 143 for SIGTERM; null where none came.</summary>
    public int? ExitStatus { get; private set; }

    /// <summary>Stops to listen.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    /// <summary>Takes a signal.</summary>
    /// <returns>Whether the program goes on to its end; else the signal ends the process.</returns>
    internal bool Take(PosixSignal signal)
    {
        lock (_lock)
        {
            if (ExitStatus is not null)
                return _time.GetElapsedTime(_first) < _oneWish;
            (ExitStatus, _first) = (signal == PosixSignal.SIGINT ? Interrupted : Terminated, _time.GetTimestamp());
        }

        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // nobody listens any more: the program is at its end
        }

        return true;
    }

    private void End(PosixSignalContext context) => context.Cancel = Take(context.Signal);
}
