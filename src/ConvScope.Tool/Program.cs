using System.CommandLine;

namespace ConvScope.Tool;

/// <summary>The <c>convscope</c> command.</summary>
internal static class Program
{
    /// <summary>Runs a command.</summary>
    /// <returns>0 where it did its work; 1 where it could not, and said why on the error stream; 130 or 143 where it was interrupted.</returns>
    public static Task<int> Main(string[] args)
    {
        var root = new RootCommand("""
            Trains convolutional networks and looks inside them: checkpoints of PyTorch, models of ML.NET, runs while they grow.

            Exit status: 0 for success, 1 for an error that the error stream explains, 130 for an interruption (143 by SIGTERM); a second one ends at once.
            Completion: dotnet-suggest completes commands, options and their values in bash, zsh and PowerShell.
            """)
        {
            TrainCommand.Create(),
            InspectCommand.Create(),
            CompareCommand.Create(),
            ServeCommand.Create(),
            ReportCommand.Create(),
            PredictCommand.Create(),
            ExportCommand.Create(),
            PruneCommand.Create(),
            DoctorCommand.Create(),
        };
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }); // SetWork sees to signals
    }
}
