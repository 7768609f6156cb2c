using System.Globalization;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Curves;
using ConvScope.Reporting.Html;
using ConvScope.Reporting.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ConvScope.Dashboard;

/// <summary>Runs, their readings, histograms and tensors, as JSON.</summary>
internal static class RunEndpoints
{
    private const int MostSeries = 512;
    private const int MostPoints = 10_000;
    private const int MostHistograms = 200;

    public static void MapRuns(this WebApplication application)
    {
        application.MapGet("/api/runs", (RunReader reader) => Json(reader.List()));
        application.MapGet("/api/runs/{id}", (string id, RunReader reader) => Json(reader.Read(id, (record, folder) => RunView.Of(record, folder.Id, folder.Name))));
        application.MapGet("/api/runs/{id}/series", (string id, string? of, int? points, double? smoothing, double? from, double? to, RunReader reader, ReadingsCache cache) =>
            Json(reader.Read(id, (record, _) => Series(record, of, points ?? Curve.UsualPoints, smoothing ?? 0, from, to, cache))));
        application.MapGet("/api/runs/{id}/histograms", (string id, string? of, RunReader reader) => Json(reader.Read(id, (record, _) => Histograms(record, of))));
        application.MapGet("/api/runs/{id}/tensor", (string id, string? kind, long? step, string? name, string? part, RunReader reader) => Json(TensorView.Of(reader.Tensor(id, kind, step ?? 0, name, part))));
        application.MapGet("/api/runs/{id}/report.html", (string id, RunReader reader) => reader.Find(id) is var folder ? Results.File(HtmlReport.Render(folder.Path), "text/html; charset=utf-8", $"{folder.Name}.html") : Results.NotFound());
    }

    /// <summary>JSON as the page reads it.</summary>
    public static IResult Json<T>(T value) => Results.Json(value, ViewJson.Options);

    private static List<Curve> Series(RunRecord record, string? of, int points, double smoothing, double? from, double? to, ReadingsCache cache)
    {
        if (points is < 3 or > MostPoints)
            throw new BadRequestException($"points must be 3 to {MostPoints}.");
        if (smoothing is not (>= 0 and <= Smoothing.LargestFactor))
            throw new BadRequestException(FormattableString.Invariant($"smoothing must be 0 to {Smoothing.LargestFactor}."));
        if (!double.IsFinite(from ?? 0) || !double.IsFinite(to ?? 0))
            throw new BadRequestException("from and to must be steps.");
        double[] Factors(Series series) => smoothing > 0 && Smoothing.Suits(series) ? [smoothing] : [];
        return [.. Chosen(record, of).Select(series => Curve.Of(Lineage.Readings(record, series, cache.Read), points, Factors(series), from, to))];
    }

    private static HistogramsView Histograms(RunRecord record, string? of) =>
        Chosen(record, of) is [var series] ? HistogramsView.Of(record.ReadHistograms(series.Quantity, series.Target), MostHistograms) : throw new BadRequestException("of must name one series.");

    private static List<Series> Chosen(RunRecord record, string? of)
    {
        var all = record.ReadSeries();
        var places = (of ?? "").Split(',');
        if (places.Length > MostSeries)
            throw new BadRequestException($"At most {MostSeries} series are given at a time.");
        return [.. places.Select(place => int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < all.Count
            ? all[index] : throw new BadRequestException($"of must name series by their places, 0 to {all.Count - 1}, separated by commas."))];
    }
}
