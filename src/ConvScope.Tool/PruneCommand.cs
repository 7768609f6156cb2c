using System.CommandLine;
using System.Text.Json;
using ConvScope.Records.Files;
using ConvScope.Records.Recording.Pruning;

namespace ConvScope.Tool;

/// <summary><c>convscope prune FOLDER</c>: what the runs of a folder cost on the disk, and, on request and after asking, fewer snapshots and checkpoints of them.</summary>
internal static class PruneCommand
{
    private static readonly string[] _heads = ["run", "status", "record", "snapshots", "checkpoints", "model", "report", "total"];

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder that holds the runs, at any depth." };
        var snapshots = new Option<int?>("--keep-snapshots") { Description = "Keeps the last so many snapshots of each kind, and the first; at least 1." };
        var checkpoints = new Option<int?>("--keep-checkpoints") { Description = "Keeps the last so many checkpoints of epochs beside the best and the last one." };
        var dry = new Option<bool>("--dry-run") { Description = "Says what would be deleted, and deletes nothing." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Deletes without asking." };
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new Command("prune", """
            Lists what each run of a folder takes on the disk, and thins snapshots and checkpoints where an option asks for it. It shows what goes and asks first.

            Runs that go on, damaged records, checkpoints from which another run went on, and files that ConvScope did not write are never touched.

            Examples:
              convscope prune runs
              convscope prune runs --keep-snapshots 5 --keep-checkpoints 0 --dry-run
            """) { folder, snapshots, checkpoints, dry, yes, json };
        command.SetWork(async (result, cancellation) =>
        {
            var root = result.GetValue(folder)!;
            var options = new PruneOptions { KeepSnapshots = result.GetValue(snapshots), KeepCheckpoints = result.GetValue(checkpoints) };
            options.Validate();
            var runs = RunCost.Below(root);
            var plan = RunPruning.Plan(runs, options);
            var answer = new Answer(root, runs, plan);
            if (!result.GetValue(json))
                Show(result, answer);
            var isAsked = options != new PruneOptions() && plan.Any(thinning => !thinning.IsEmpty) && !result.GetValue(dry);
            var isAgreed = isAsked && (result.GetValue(yes) || await Terminal.AskAsync(
                result, $"Delete {answer.Goes}?", "Nothing is deleted: there is no terminal to ask at. --yes deletes without asking.", cancellation).ConfigureAwait(false));
            var (deleted, failures) = isAgreed ? RunThinner.Apply(root, options, plan) : ([], []);
            if (result.GetValue(json))
                await result.InvocationConfiguration.Output.WriteLineAsync(answer.ToJson(deleted, failures)).ConfigureAwait(false);
            else if (options != new PruneOptions() && !result.GetValue(dry))
                await result.InvocationConfiguration.Output.WriteLineAsync(
                    isAgreed ? $"Deleted {Answer.Count(deleted)}." : isAsked ? "Nothing was deleted." : "There is nothing to delete.").ConfigureAwait(false);
            if (failures.Count > 0)
                throw new IOException(string.Join("\nconvscope: ", failures));
        });
        return command;
    }

    private static void Show(ParseResult result, Answer answer)
    {
        var print = result.InvocationConfiguration.Output;
        var sum = Row(answer.Runs.Count == 1 ? "1 run" : $"{answer.Runs.Count} runs", "", answer.Runs);
        Terminal.Print(result, _heads, answer.Runs.Select(run => Row(answer.Name(run.Folder), run.Status, [run])).Append(sum), 1);
        foreach (var run in answer.Runs.Where(run => run.Untouchable is not null))
            print.WriteLine($"{answer.Name(run.Folder)} is left as it is: {run.Untouchable}");
        foreach (var thinning in answer.Plan)
        {
            foreach (var (path, reason) in thinning.Kept)
                print.WriteLine($"{answer.Name(path)} is kept: {reason}");
            foreach (var file in thinning.Files)
                print.WriteLine($"{answer.Name(file.Path)} goes, {ByteSize.Text(file.Bytes)}");
        }

        if (answer.Plan.Any(thinning => !thinning.IsEmpty))
            print.WriteLine($"{answer.Goes} in all");
    }

    private static string[] Row(string name, string status, IReadOnlyList<RunCost> runs)
    {
        return [name, status, Size(RunPart.Record), Counted(RunPart.Snapshots), Counted(RunPart.Checkpoints), Size(RunPart.Model), Size(RunPart.Report), ByteSize.Text(runs.Sum(run => run.Bytes))];

        string Size(RunPart part) => runs.Sum(run => run.BytesOf(part)) is > 0 and var bytes ? ByteSize.Text(bytes) : "–";

        string Counted(RunPart part) => Size(part) is "–" ? "–" : $"{Size(part)} in {runs.Sum(run => run.CountOf(part))}";
    }

    /// <summary>What is found and what would go.</summary>
    private sealed record Answer(string Root, IReadOnlyList<RunCost> Runs, IReadOnlyList<RunThinning> Plan)
    {
        public string Goes => Count([.. Plan.SelectMany(thinning => thinning.Files)]);

        public static string Count(IReadOnlyList<RunFile> files) => $"{(files.Count == 1 ? "1 file" : $"{files.Count} files")}, {ByteSize.Text(files.Sum(file => file.Bytes))}";

        public string Name(string path) => Path.GetRelativePath(Root, path) is "." ? Path.GetFileName(Path.GetFullPath(Root)) : Path.GetRelativePath(Root, path).Replace('\\', '/');

        public string ToJson(IReadOnlyList<RunFile> deleted, IReadOnlyList<string> failures) => JsonSerializer.Serialize(
            new
            {
                Runs = Runs.Select(run => new
                {
                    Run = Name(run.Folder),
                    run.Status,
                    LeftBecause = run.Untouchable,
                    RecordBytes = run.BytesOf(RunPart.Record),
                    Snapshots = run.CountOf(RunPart.Snapshots),
                    SnapshotBytes = run.BytesOf(RunPart.Snapshots),
                    Checkpoints = run.CountOf(RunPart.Checkpoints),
                    CheckpointBytes = run.BytesOf(RunPart.Checkpoints),
                    ModelBytes = run.BytesOf(RunPart.Model),
                    ReportBytes = run.BytesOf(RunPart.Report),
                    TotalBytes = run.Bytes,
                }),
                TotalBytes = Runs.Sum(run => run.Bytes),
                Goes = Plan.SelectMany(thinning => thinning.Files).Select(file => new { File = Name(file.Path), file.Bytes }),
                Kept = Plan.SelectMany(thinning => thinning.Kept).Select(kept => new { File = Name(kept.Path), kept.Reason }),
                Deleted = deleted.Select(file => Name(file.Path)),
                Failures = failures,
            },
            JsonSerializerOptions.Web);
    }
}
