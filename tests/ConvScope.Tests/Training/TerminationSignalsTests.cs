using System.Runtime.InteropServices;
using ConvScope.Training;

namespace ConvScope.Tests.Training;

/// <summary>One wish to end may come as several signals; a further wish ends at once.</summary>
[NonParallelizable]
public sealed class TerminationSignalsTests
{
    [Test]
    public void Take_SignalsOfOneWish_GoOnToTheEnd()
    {
        var time = new ManualTime();
        using var signals = new TerminationSignals(time);
        Assert.That(signals.Take(PosixSignal.SIGTERM), Is.True);
        Assert.That(signals.Token.IsCancellationRequested, Is.True);
        Assert.That(new[] { signals.Take(PosixSignal.SIGTERM), signals.Take(PosixSignal.SIGINT) }, Is.All.True, "what a group of processes is told too");
        time.Pass(1);
        Assert.That(signals.Take(PosixSignal.SIGINT), Is.False, "another wish");
        Assert.That(signals.ExitStatus, Is.EqualTo(143));
    }

    [Test]
    public void Take_AfterTheEnd_DoesNotThrow()
    {
        var signals = new TerminationSignals();
        signals.Dispose();
        Assert.That(signals.Take(PosixSignal.SIGINT), Is.True);
        Assert.That(signals.ExitStatus, Is.EqualTo(130));
    }
}
