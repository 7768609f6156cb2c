using System.CommandLine;
using Spectre.Console;

namespace ConvScope.Tool;

/// <summary>Tables and progress bars for people. Progress goes to the error stream, so that what a script reads stays clean.</summary>
internal static class Terminal
{
    /// <summary>Does long work under a progress bar.</summary>
    public static Task<T> Progress<T>(ParseResult result, string what, Func<IProgress<double>, T> work) => On(result.InvocationConfiguration.Error).Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(progress =>
        {
            var bar = progress.AddTask(what, maxValue: 1);
            var answer = work(new Bar(bar));
            bar.Value = 1;
            return Task.FromResult(answer);
        });

    /// <summary>Prints a table; its first column is on the left, numbers on the right.</summary>
    public static void Print(ParseResult result, IReadOnlyList<string> heads, IEnumerable<string[]> rows, params int[] left)
    {
        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        foreach (var (index, head) in heads.Index())
            table.AddColumn(new TableColumn(Markup.Escape(head)) { NoWrap = true, Alignment = index == 0 || left.Contains(index) ? Justify.Left : Justify.Right });
        foreach (var row in rows)
            table.AddRow(row.Select(Markup.Escape).ToArray());
        var console = On(result.InvocationConfiguration.Output);
        console.Profile.Width = Math.Max(console.Profile.Width, 180); // a row stays one line, also in a file
        console.Write(table);
    }

    /// <summary>A console on a stream.</summary>
    private static IAnsiConsole On(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });

    private sealed class Bar(ProgressTask bar) : IProgress<double>
    {
        public void Report(double value) => bar.Value = value;
    }
}
