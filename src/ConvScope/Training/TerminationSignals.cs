using System.Runtime.InteropServices;

namespace ConvScope.Training;

/// <summary>
/// Lets Ctrl+C (SIGINT) and SIGTERM end a training in order: the first one cancels <see cref="Token"/>, so that the step is finished and record, checkpoint and report are written; a second one ends the process at once.
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

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Begins to listen.</summary>
    public TerminationSignals() =>
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, End), PosixSignalRegistration.Create(PosixSignal.SIGTERM, End)];

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

    private void End(PosixSignalContext context)
    {
        if (ExitStatus is not null)
            return; // not cancelled: the signal ends the process
        ExitStatus = context.Signal == PosixSignal.SIGINT ? Interrupted : Terminated;
        context.Cancel = true; // the program goes on to its end
        _source.Cancel();
    }
}
