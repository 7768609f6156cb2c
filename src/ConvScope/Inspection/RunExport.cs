using System.Globalization;
using ConvScope.Native;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Inspection;

/// <summary>Hands a record's series on to other tools.</summary>
public static class RunExport
{
    /// <summary>
    /// Writes every reading as a line <c>quantity,target,unit,step,epoch,value</c>, series after series. Numbers are in invariant form and full precision; <c>NaN</c> and <c>Infinity</c>
    /// are written so. Text with a comma or a quotation mark is quoted. Source: RFC 4180.
    /// </summary>
    /// <param name="runFolder">The folder that holds the record.</param>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <exception cref="FileNotFoundException">The folder holds no record.</exception>
    public static void WriteCsv(string runFolder, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var record = RunRecord.Open(runFolder);
        WholeFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.Write("quantity,target,unit,step,epoch,value\r\n");
            foreach (var series in Scalars(record))
            {
                foreach (var reading in record.Read(series.Quantity, series.Target))
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{Quoted(series.Quantity)},{Quoted(series.Target)},{Quoted(series.Unit)},{reading.Step},{reading.Epoch},{reading.Value:R}\r\n"));
            }
        });
    }

    /// <summary>Writes every reading as a scalar of a TensorBoard event file, tag <c>quantity/target</c>, so that <c>tensorboard --logdir</c> opens the run.</summary>
    /// <param name="runFolder">The folder that holds the record.</param>
    /// <param name="logFolder">Where the event file goes; created where it does not exist.</param>
    /// <exception cref="FileNotFoundException">The folder holds no record.</exception>
    /// <remarks>TensorBoard's scalars are 32-bit floats, and its steps 32-bit integers.</remarks>
    public static void WriteTensorBoard(string runFolder, string logFolder)
    {
        ArgumentNullException.ThrowIfNull(logFolder);
        using var record = RunRecord.Open(runFolder);
        TorchRuntime.Load();
        Directory.CreateDirectory(logFolder);
        var writer = utils.tensorboard.SummaryWriter(logFolder);
        foreach (var series in Scalars(record))
        {
            var tag = series.Target.Length == 0 ? series.Quantity : $"{series.Quantity}/{series.Target}";
            foreach (var reading in record.Read(series.Quantity, series.Target))
                writer.add_scalar(tag, (float)reading.Value, checked((int)reading.Step));
        }
    }

    private static IEnumerable<Series> Scalars(RunRecord record) => record.ReadSeries().Where(series => series.Unit != Series.HistogramUnit);

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
