using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Views;

namespace ConvScope.Reporting.Html;

/// <summary>
/// The dashboard's page of a run as one HTML file with the run's data inside. It asks for nothing over the network, and opens in any browser of 2023 or later.
/// </summary>
/// <remarks>
/// The same record gives the same bytes. Curves are thinned to at most 500 points with the mean, the least and the largest of their readings, and are smoothed before that; tensors of the first and the last snapshot are whole, those in between 16-bit floats, and what would make the
/// file larger than 5 MB is left out, the oldest first. libtorch is not needed.
/// </remarks>
public static class HtmlReport
{
    /// <summary>File name inside the run folder.</summary>
    public const string FileName = "report.html";

    /// <summary>Writes <c>report.html</c> into the run folder, beside and renamed, so that a reader never sees half of it.</summary>
    /// <param name="runFolder">The folder that holds the record.</param>
    /// <returns>Path of the file.</returns>
    /// <exception cref="FileNotFoundException">The folder holds no record.</exception>
    /// <exception cref="DamagedFileException">The record is damaged.</exception>
    public static string Write(string runFolder)
    {
        ArgumentNullException.ThrowIfNull(runFolder);
        var html = Render(runFolder);
        var path = Path.Combine(runFolder, FileName);
        WholeFile.Write(path, stream => stream.Write(html));
        return path;
    }

    /// <summary>The file's bytes, UTF-8; nothing is written.</summary>
    /// <param name="runFolder">The folder that holds the record.</param>
    /// <exception cref="FileNotFoundException">The folder holds no record.</exception>
    /// <exception cref="DamagedFileException">The record is damaged.</exception>
    public static byte[] Render(string runFolder)
    {
        using var record = RunRecord.Open(runFolder);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(runFolder)));
        var run = FrozenRun.Of(record, name);
        var html = $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
            <title>{WebUtility.HtmlEncode(name)} – ConvScope</title>
            <link rel="icon" href="data:,">
            <style>{WebAssets.Text("app.css")}</style>
            </head>
            <body>
            <div id="app"><noscript>{WithoutScript(run.View)}</noscript></div>
            <script type="text/plain" id="convscope-data">{Pack(run)}</script>
            <script type="module">{WebAssets.Text("app.js").Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)}</script>
            </body>
            </html>

            """;
        return Encoding.UTF8.GetBytes(html.ReplaceLineEndings("\n"));
    }

    private static string Pack(FrozenRun run)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            JsonSerializer.Serialize(deflate, new { runs = new[] { run } }, ViewJson.Options);
        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }

    /// <summary>What a reader without scripts still learns.</summary>
    private static string WithoutScript(RunView view)
    {
        var findings = view.Findings.Select(finding => $"{finding.Severity}: {finding.Rule} {finding.Target}: {finding.Message} {finding.Advice}").DefaultIfEmpty("No findings.");
        return WebUtility.HtmlEncode($"{view.Name}: {view.Status}, last step {view.LastStep}. {string.Join(" ", findings)} The figures are drawn with JavaScript.");
    }
}
