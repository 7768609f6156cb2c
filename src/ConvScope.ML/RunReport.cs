using ConvScope.Recording;
using ConvScope.Reporting;
using Microsoft.Extensions.Logging;

namespace ConvScope.ML;

/// <summary>What a finished run leaves beside its record: figures and summary. A failure costs a warning, never the model.</summary>
internal static class RunReport
{
    public static void Write(string runFolder, InspectionOptions options, ILogger logger)
    {
        try
        {
            if (options.Figures)
                RunFigures.Draw(runFolder);
            RunSummary.FromRecord(runFolder).Write(runFolder);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            HostLog.ReportFailed(logger, runFolder, exception.Message, exception);
        }
    }
}
