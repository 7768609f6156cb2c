using System.CommandLine;
using Spectre.Console;

namespace ConvScope.Tool;

/// <summary>Tables, progress bars and questions for people. Progress goes to the error stream, so that what a script reads stays clean.</summary>
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

    /// <summary>Asks whether something is to be done; only <c>y</c> and <c>yes</c> say so.</summary>
    /// <param name="result">Names the error stream, which gets the question.</param>
    /// <param name="question">The question.</param>
    /// <param name="unasked">What is said where there is no terminal.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="InvalidOperationException">There is no terminal, so nobody can be asked.</exception>
    public static async Task<bool> AskAsync(ParseResult result, string question, string unasked, CancellationToken cancellation)
    {
#pragma warning disable RS0030 // a command may ask; nothing but the console has the answer
        if (Console.IsInputRedirected)
            throw new InvalidOperationException(unasked);
        await result.InvocationConfiguration.Error.WriteAsync($"{question} [y/N] ").ConfigureAwait(false);
        var answer = await Task.Run(Console.ReadLine, CancellationToken.None).WaitAsync(cancellation).ConfigureAwait(false); // a line that is being read cannot be given up
#pragma warning restore RS0030
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    /// <summary>A console on a stream.</summary>
    private static IAnsiConsole On(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });

    private sealed class Bar(ProgressTask bar) : IProgress<double>
    {
        public void Report(double value) => bar.Value = value;
    }
}
