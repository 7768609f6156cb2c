using ConvScope.Records.Files;
using Microsoft.Data.Sqlite;

namespace ConvScope.Records.Recording.Pruning;

/// <summary>
/// Deletes what was agreed on. The rows of snapshots go first, in one transaction, then the files: whatever ends it in between leaves no row without its file, and the next time finds the files that were left.
/// </summary>
internal static class RunThinner
{
    /// <summary>Deletes what was shown, and of it only what would be shown now too: a run that goes on by now, or a checkpoint that another one goes on from by now, stays.</summary>
    /// <param name="root">The folder of runs.</param>
    /// <param name="options">What is kept.</param>
    /// <param name="shown">What was agreed on.</param>
    /// <returns>The files that were deleted, and what could not be, in words.</returns>
    public static (IReadOnlyList<RunFile> Deleted, IReadOnlyList<string> Failures) Apply(string root, PruneOptions options, IReadOnlyList<RunThinning> shown)
    {
        var now = RunPruning.Plan(RunCost.Below(root), options).ToDictionary(thinning => thinning.Cost.Folder);
        var (deleted, failures) = (new List<RunFile>(), new List<string>());
        foreach (var thinning in shown.Where(thinning => !thinning.IsEmpty))
        {
            if (now.TryGetValue(thinning.Cost.Folder, out var current))
                Apply(thinning.And(current), deleted, failures);
            else
                failures.Add($"'{thinning.Cost.Folder}' is not what it was any more, and is left as it is.");
        }

        return (deleted, failures);
    }

    private static void Apply(RunThinning thinning, List<RunFile> deleted, List<string> failures)
    {
        var folder = thinning.Cost.Folder;
        try
        {
            DeleteRows(folder, thinning.Rows);
        }
        catch (SqliteException exception)
        {
            failures.Add($"'{folder}' is left as it is: its record cannot be written. {exception.Message}");
            return;
        }

        foreach (var file in thinning.Files)
        {
            if (Attempt(() => File.Delete(file.Path), failures))
                deleted.Add(file);
        }

        Attempt(() => RunSummary.RefreshFiles(folder), failures);
    }

    private static void DeleteRows(string folder, IReadOnlyList<string> rows)
    {
        if (rows.Count == 0)
            return;
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(folder, RecordSchema.FileName), Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 5,
        }.ToString());
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM snapshots WHERE file = $file";
        var parameter = command.Parameters.Add("$file", SqliteType.Text);
        foreach (var row in rows)
        {
            parameter.Value = row;
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static bool Attempt(Action change, List<string> failures)
    {
        try
        {
            change();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            failures.Add(exception.Message);
            return false;
        }
    }
}
