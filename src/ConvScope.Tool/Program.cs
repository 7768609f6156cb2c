using System.CommandLine;

namespace ConvScope.Tool;

/// <summary>The <c>convscope</c> command.</summary>
internal static class Program
{
    /// <summary>Runs a command.</summary>
    /// <returns>0 where it did its work; 1 where it could not, and said why.</returns>
    public static Task<int> Main(string[] args)
    {
        var root = new RootCommand("Looks inside trainings that ConvScope recorded.")
        {
            ServeCommand.Create(),
            ReportCommand.Create(),
            CompareCommand.Create(),
        };
        return root.Parse(args).InvokeAsync();
    }
}
