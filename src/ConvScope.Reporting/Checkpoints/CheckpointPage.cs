using System.Globalization;
using System.Net;
using System.Text;

namespace ConvScope.Reporting.Checkpoints;

/// <summary>The page of a checkpoint: a table of all tensors with their histograms, and the mosaics. Plain HTML; it asks for nothing but its figures beside it.</summary>
internal static class CheckpointPage
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:light-dark(#1f2430,#e8eaf0);--faint:light-dark(#5b6270,#a5acba);--line:light-dark(#d9dde5,#363c48);--bar:light-dark(#0072b2,#56b4e9);--page:light-dark(#fff,#15181e)}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);margin:0 auto;max-width:1500px;padding:24px}
        h1{font-size:22px;margin:0}p{color:var(--faint)}.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:13px;white-space:nowrap}
        th,td{padding:4px 10px;border-bottom:1px solid var(--line);text-align:right;font-variant-numeric:tabular-nums}th:first-child,td.text{text-align:left}thead th{position:sticky;top:0;background:var(--page)}
        tbody th{font-weight:500}svg rect{fill:var(--bar)}figure{margin:28px 0}figure img{max-width:100%;height:auto;border:1px solid var(--line)}.bad{color:light-dark(#b3261e,#ff8a80)}
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="summary">What was measured.</param>
    /// <param name="figures">Path of each tensor's mosaic, relative to the page.</param>
    public static string Render(CheckpointSummary summary, IReadOnlyDictionary<string, string> figures)
    {
        var html = new StringBuilder();
        var title = Text(Path.GetFileName(summary.Source));
        html.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: file:">
            <title>{title} – ConvScope</title><link rel="icon" href="data:,"><style>{Style}</style></head>
            <body><main><h1>{title}</h1><p>{Text(summary.Format)}, {summary.Tensors.Count:N0} tensors, {summary.Count:N0} values</p>
            """);
        foreach (var call in summary.Calls)
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"bad\">This file would call {Text(call)} where it is loaded without weights_only.</p>");
        if (summary.OtherKeys.Count > 0)
            html.Append(CultureInfo.InvariantCulture, $"<p>Also in the file: {Text(string.Join(", ", summary.OtherKeys.Select(key => key.Length == 0 ? "the saved object itself" : key)))}</p>");
        if (summary.LeftOut.Count > 0)
            html.Append(CultureInfo.InvariantCulture, $"<p>Not measured: {Text(string.Join("; ", summary.LeftOut))}</p>");
        if (summary.NonFinite.Count > 0)
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"bad\">NaN or infinities in {Text(string.Join(", ", summary.NonFinite))}</p>");
        html.Append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Distributions\"><table><thead><tr><th scope=\"col\">tensor</th><th scope=\"col\">shape</th><th scope=\"col\">type</th><th scope=\"col\">histogram</th>");
        foreach (var head in new[] { "mean", "std", "min", "max", "norm", "|w| &lt; 0.001" }.Concat(ParameterDistribution.Ranks.Select(rank => $"{rank} %")))
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{head}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var tensor in summary.Tensors)
            Row(html, tensor);
        html.Append("</tbody></table></div>");
        foreach (var tensor in summary.Tensors.Where(tensor => figures.ContainsKey(tensor.Name)))
            html.Append(CultureInfo.InvariantCulture, $"<figure><img loading=\"lazy\" src=\"{Text(figures[tensor.Name])}\" alt=\"{Alt(tensor)}\"></figure>");
        return html.Append("</main></body></html>\n").ToString();
    }

    private static void Row(StringBuilder html, ParameterDistribution tensor)
    {
        html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Text(tensor.Name)}</th><td>{tensor.Shape}</td><td>{tensor.Type}</td><td>{Histogram(tensor)}</td>");
        foreach (var value in new[] { tensor.Mean, tensor.StandardDeviation, tensor.Minimum, tensor.Maximum, tensor.Norm })
            html.Append(CultureInfo.InvariantCulture, $"<td>{Number(value)}</td>");
        html.Append(CultureInfo.InvariantCulture, $"<td>{tensor.NearZeroShare:P1}</td>");
        foreach (var value in tensor.Percentiles)
            html.Append(CultureInfo.InvariantCulture, $"<td>{Number(value)}</td>");
        html.Append("</tr>");
    }

    private static string Histogram(ParameterDistribution tensor)
    {
        if (tensor.Histogram.Count == 0)
            return "";
        var top = Math.Sqrt(tensor.Histogram.Max());
        var bars = tensor.Histogram.Select((count, bin) => string.Create(CultureInfo.InvariantCulture, $"<rect x=\"{bin * 3}\" y=\"{28 - 28 * Math.Sqrt(count) / top:F1}\" width=\"2.6\" height=\"{28 * Math.Sqrt(count) / top:F1}\"/>"));
        return $"<svg role=\"img\" aria-label=\"Histogram, square root of the counts: {tensor.Sparkline}\" width=\"144\" height=\"28\">{string.Concat(bars)}</svg>";
    }

    private static string Alt(ParameterDistribution tensor) =>
        Text($"Mosaic of {tensor.Name}, {tensor.Shape}: mean {Number(tensor.Mean)}, standard deviation {Number(tensor.StandardDeviation)}, {Number(tensor.Minimum)} to {Number(tensor.Maximum)}");

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '−');

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
