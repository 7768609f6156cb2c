using System.CommandLine;
using System.Reflection;
using ConvScope.Inspection;
using ConvScope.Native;
using ConvScope.Training;
using ConvScope.Training.NonFinite;

namespace ConvScope.Tool;

/// <summary>How commands end that could not do their work.</summary>
internal static class Failure
{
    private const int Interrupted = 130; // as shells count an interruption

    /// <summary>
    /// Sets what a command does. An error that says what the user can change is one line on the error stream and exit status 1. Ctrl+C and SIGTERM end it in order, with 130 and 143: what it was writing is finished.
    /// </summary>
    public static void SetWork(this Command command, Func<ParseResult, CancellationToken, Task> work) => command.SetWork(async (result, cancellation) =>
    {
        await work(result, cancellation).ConfigureAwait(false);
        return 0;
    });

    /// <summary>Sets what a command does that may end with a status of its own, though it did a part of its work.</summary>
    /// <inheritdoc cref="SetWork(Command, Func{ParseResult, CancellationToken, Task})" />
    public static void SetWork(this Command command, Func<ParseResult, CancellationToken, Task<int>> work) => command.SetAction(async (result, cancellation) =>
    {
        using var signals = new TerminationSignals();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, signals.Token);
        try
        {
            var status = await Task.Run(() => work(result, either.Token), CancellationToken.None).ConfigureAwait(false); // a command may work long before its first wait
            return signals.ExitStatus ?? status;
        }
        catch (OperationCanceledException exception) when (exception is not StoppedByFindingException)
        {
            await result.InvocationConfiguration.Error.WriteLineAsync("convscope: interrupted").ConfigureAwait(false);
            return signals.ExitStatus ?? Interrupted;
        }
        catch (Exception exception) when (IsForTheUser(Cause(exception)))
        {
            await result.InvocationConfiguration.Error.WriteLineAsync($"convscope: {Cause(exception).Message}").ConfigureAwait(false);
            return 1;
        }
    });

    /// <summary>What was thrown where somebody called by reflection, as ML.NET calls the readers of models, or on other threads.</summary>
    public static Exception Cause(Exception exception) =>
        exception is TargetInvocationException or TypeInitializationException or AggregateException { InnerExceptions.Count: 1 } && exception.InnerException is { } inner ? Cause(inner) : exception;

    private static bool IsForTheUser(Exception exception) => exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or NotSupportedException or KeyNotFoundException
        or InvalidOperationException or TorchLoadException or StoppedByFindingException or NonFiniteTrainingException or System.Net.Sockets.SocketException;
}
