using ConvScope.Inspection;
using ConvScope.Records.Recording;
using ConvScope.Reporting;
using ConvScope.Reporting.Html;
using Microsoft.Extensions.Logging;

namespace ConvScope.ML;

/// <summary>What a finished run leaves beside its record: figures, the HTML report and summary. One that fails costs a warning, never the others or the model.</summary>
internal static class RunReport
{
    public static void Write(string runFolder, InspectionOptions options, ILogger logger)
    {
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
                HostLog.ReportFailed(logger, runFolder, exception.Message, exception);
            }
        }
    }
}
