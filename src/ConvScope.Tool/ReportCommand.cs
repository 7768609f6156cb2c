using System.CommandLine;
using ConvScope.Reporting.Html;

namespace ConvScope.Tool;

/// <summary><c>convscope report RUN</c>: the run's page as one HTML file.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run folder: run.db lies in it." };
        var output = new Option<string?>("--output", "-o") { Description = "The file to write; without it report.html in the run folder." };
        var command = new Command("report", """
            Writes the page of a run as one HTML file that needs no network.

            Example:
              convscope report artifacts/reports/mnist-lenet5
            """) { run, output };
        command.SetWork(async (result, cancellation) =>
        {
            var path = result.GetValue(output);
            if (path is null)
                path = HtmlReport.Write(result.GetValue(run)!);
            else
                await File.WriteAllBytesAsync(path, HtmlReport.Render(result.GetValue(run)!), cancellation).ConfigureAwait(false);
            await result.InvocationConfiguration.Output.WriteLineAsync(path).ConfigureAwait(false);
        });
        return command;
    }
}
