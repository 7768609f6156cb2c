using OxyPlot;

namespace ConvScope.Reporting.Figures;

/// <summary>Colours of a chart's paper and ink.</summary>
/// <param name="Paper">Background.</param>
/// <param name="Ink">Titles and labels.</param>
/// <param name="Faint">Axes and subtitles.</param>
/// <param name="Grid">Grid lines.</param>
internal sealed record ChartTheme(OxyColor Paper, OxyColor Ink, OxyColor Faint, OxyColor Grid)
{
    /// <summary>For saturated colours.</summary>
    public static ChartTheme Light { get; } = new(OxyColors.White, OxyColor.Parse("#1f2430"), OxyColor.Parse("#5b6270"), OxyColor.Parse("#e4e7ec"));

    /// <summary>For the seed's pastel colours, which vanish on white.</summary>
    public static ChartTheme Dark { get; } = new(OxyColor.Parse("#141a24"), OxyColor.Parse("#eef1f6"), OxyColor.Parse("#a3adbd"), OxyColor.Parse("#2a3342"));
}
