using System.CommandLine;
using ConvScope.Inspection;
using ConvScope.Native;
using ConvScope.Training.NonFinite;

namespace ConvScope.Tool;

/// <summary>How commands end that could not do their work.</summary>
internal static class Failure
{
    /// <summary>Sets what a command does. An error that says what the user can change is one line on the error stream and exit status 1; an interrupted command ends with 130.</summary>
    public static void SetWork(this Command command, Func<ParseResult, CancellationToken, Task> work) => command.SetAction(async (result, cancellation) =>
    {
        try
        {
            await work(result, cancellation).ConfigureAwait(false);
            return 0;
        }
        catch (OperationCanceledException exception) when (exception is not StoppedByFindingException)
        {
            return 130; // as shells count an interruption
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or NotSupportedException or KeyNotFoundException
            or InvalidOperationException or TorchLoadException or StoppedByFindingException or NonFiniteTrainingException
            or System.Net.Sockets.SocketException)
        {
            await result.InvocationConfiguration.Error.WriteLineAsync($"convscope: {exception.Message}").ConfigureAwait(false);
            return 1;
        }
    });
}
