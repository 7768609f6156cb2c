using ConvScope.Records.Recording;
using ConvScope.Reporting;
using ConvScope.Reporting.Html;
using Microsoft.Extensions.Logging;

namespace ConvScope.Inspection;

/// <summary>What a run leaves beside its record, however it ended: figures, the HTML report and summary. One that fails costs a warning, never the others or the model; a folder that has gone costs one in all.</summary>
internal static partial class RunReport
{
    /// <summary>Writes what the options ask for.</summary>
    /// <param name="directory">The run folder, as the run claimed it.</param>
    /// <param name="options">Which.</param>
    /// <param name="isWhole">Whether all of the record could be written: else somebody has been told, and one that cannot be read is no news.</param>
    /// <param name="logger">Gets the warnings.</param>
    public static void Write(RunDirectory directory, InspectionOptions options, bool isWhole, ILogger logger)
    {
        var runFolder = directory.Folder;
        if (directory.IsAnothers || !File.Exists(Path.Combine(runFolder, RecordSchema.FileName)))
        {
            if (isWhole)
                LogGone(logger, runFolder);
            return;
        }

        try
        {
            RunSummary.FromRecord(runFolder); // whether it can be read
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            if (isWhole)
                LogFailure(logger, runFolder, exception.Message, exception);
            return;
        }

        if (options.Figures)
            Try(() => RunFigures.Draw(runFolder));
        if (options.Report)
            Try(() => HtmlReport.Write(runFolder));
        Try(() => RunSummary.FromRecord(runFolder).Write(runFolder));

        void Try(Action write)
        {
            try
            {
                write();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogFailure(logger, runFolder, exception.Message, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The report in '{Folder}' could not be written. {Reason}")]
    private static partial void LogFailure(ILogger logger, string folder, string reason, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The run folder '{Folder}' has gone while the training ran: it gets no figures, no report and no summary. The training itself is whole.")]
    private static partial void LogGone(ILogger logger, string folder);
}
