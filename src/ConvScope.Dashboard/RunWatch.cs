using System.Text.Json;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Views;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ConvScope.Dashboard;

/// <summary>Looks for runs that came, grew, ended or died, and tells the pages. Nobody looking, it only keeps the list of runs.</summary>
internal sealed class RunWatch(RunFolders folders, RunReader reader, ChangeFeed feed, DashboardOptions options, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan _folderInterval = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger("ConvScope.Dashboard");
    private readonly Dictionary<string, (string Stamp, RunProgress? Progress)> _known = [];
    private string _list = "";

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        TryLook();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Interval);
        var sinceFolders = TimeSpan.Zero;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                if (feed.PageCount > 0)
                    TryTellGrowth();
                sinceFolders += options.Interval;
                if (sinceFolders < _folderInterval)
                    continue;
                sinceFolders = TimeSpan.Zero;
                TryLook();
            }
        }
        catch (OperationCanceledException)
        {
            // the dashboard stops
        }
    }

    private void TryTellGrowth()
    {
        try
        {
            foreach (var folder in folders.All)
                TellGrowth(folder);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException) // the next look may go well; the page of the others must not end
        {
            DashboardLog.WatchFailed(_logger, exception.Message, exception);
        }
    }

    private void TellGrowth(RunFolder folder)
    {
        var stamp = folder.Stamp();
        var isKnown = _known.TryGetValue(folder.Id, out var known);
        if (isKnown && known.Stamp == stamp && known.Progress?.Status != "running")
            return; // of a run that is under way the process may be gone, which its files do not show
        var progress = isKnown && known.Stamp == stamp && known.Progress is { } before ? Alive(folder, before) : Read(folder);
        _known[folder.Id] = (stamp, progress);
        if (progress is not null && progress != known.Progress && isKnown)
            feed.Send(JsonSerializer.Serialize(new { grown = folder.Id, progress }, ViewJson.Options));
    }

    private static RunProgress Alive(RunFolder folder, RunProgress before)
    {
        try
        {
            using var record = RunRecord.Open(folder.Path);
            return before with { Status = record.ReadStatus() };
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return before;
        }
    }

    private static RunProgress? Read(RunFolder folder)
    {
        try
        {
            using var record = RunRecord.Open(folder.Path);
            return record.ReadProgress();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null; // it begins at this moment, is busy, or is damaged: the next look tells
        }
    }

    private void TryLook()
    {
        try
        {
            folders.Look();
            if (feed.PageCount == 0)
            {
                _list = ""; // what the next page has read by itself is not known here: it is told anew
                return;
            }

            var list = JsonSerializer.Serialize(new { runs = reader.List() }, ViewJson.Options);
            if (list == _list)
                return;
            _list = list;
            feed.Send(list);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException) // the next look may go well; the page of the others must not end
        {
            DashboardLog.WatchFailed(_logger, exception.Message, exception);
        }
    }
}
