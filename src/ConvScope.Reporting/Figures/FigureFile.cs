using System.Text;
using System.Text.RegularExpressions;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;
using SkiaSharp;

namespace ConvScope.Reporting.Figures;

/// <summary>Writes a drawing twice, as PNG at twice its size and as SVG; beside and renamed, with the same bytes for the same drawing.</summary>
internal static partial class FigureFile
{
    private const int LongestName = 120; // file systems allow 255 bytes, with ending and while it is written
    private const float PixelScale = 2; // crisp on dense screens

    /// <summary>Writes <paramref name="path"/> with <c>.png</c> and <c>.svg</c>.</summary>
    /// <param name="path">Path without an extension; folders are created.</param>
    /// <param name="size">Size of the drawing.</param>
    /// <param name="draw">Draws it, once for each file, and covers the whole size.</param>
    /// <param name="picture">Pixels that lie on the drawing, in Rgba8888; they stay sharp at every magnification. Null for none.</param>
    /// <param name="place">Upper left corner of <paramref name="picture"/> in the drawing.</param>
    public static void Write(string path, SKSizeI size, Action<SKCanvas> draw, SKBitmap? picture = null, SKPointI place = default)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Replace(path + ".png", Png(size, draw, picture, place));
        Replace(path + ".svg", Svg(Path.GetFileName(path), size, draw, picture, place));
    }

    /// <summary>Writes <paramref name="path"/> with <c>.png</c> alone, a pixel for each unit of the drawing: for pictures of many pixels, of which there are many.</summary>
    public static void WritePng(string path, SKSizeI size, Action<SKCanvas> draw, SKBitmap picture, SKPointI place)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Replace(path + ".png", Png(size, draw, picture, place, scale: 1));
    }

    /// <summary>A file name for each parameter; two never share one, also where case does not matter, and long ones are cut and numbered.</summary>
    public static IReadOnlyList<string> Names(IEnumerable<string> parameters)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. parameters.Select(parameter =>
        {
            var safe = SafeName(parameter);
            var name = safe.Length <= LongestName ? safe : $"{safe[..LongestName]}~";
            for (var number = 2; !taken.Add(name); number++)
                name = safe.Length <= LongestName ? $"{name}_" : $"{safe[..LongestName]}~{number}";
            return name;
        })];
    }

    private static byte[] Png(SKSizeI size, Action<SKCanvas> draw, SKBitmap? picture, SKPointI place, float scale = PixelScale)
    {
        using var bitmap = new SKBitmap(new SKImageInfo((int)(size.Width * scale), (int)(size.Height * scale), SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Scale(scale);
            draw(canvas);
            if (picture is not null)
                canvas.DrawBitmap(picture, place);
        }

        return Encode(bitmap);
    }

    /// <summary>Filter "up" turns the repeated rows of a magnified tensor cell into rows of zeros; higher levels take longer and save little.</summary>
    private static byte[] Encode(SKBitmap bitmap)
    {
        using var pixels = bitmap.PeekPixels();
        using var data = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Up, zLibLevel: 2));
        return data.ToArray();
    }

    private static byte[] Svg(string name, SKSizeI size, Action<SKCanvas> draw, SKBitmap? picture, SKPointI place)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(size.Width, size.Height), stream))
            draw(canvas);
        var text = WithOwnNames(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length), name)
            .Replace("<svg ", $"<svg viewBox=\"0 0 {size.Width} {size.Height}\" ", StringComparison.Ordinal); // it scales with its frame
        return Encoding.UTF8.GetBytes(picture is null ? text : text.Replace("</svg>", Image(picture, place) + "</svg>", StringComparison.Ordinal));
    }

    /// <summary>Written by hand: Skia would encode the picture at its slowest setting, and name it as those of all other figures on the same page.</summary>
    private static string Image(SKBitmap picture, SKPointI place) =>
        $"\t<image x=\"{place.X}\" y=\"{place.Y}\" width=\"{picture.Width}\" height=\"{picture.Height}\" style=\"image-rendering:pixelated\" "
        + $"xlink:href=\"data:image/png;base64,{Convert.ToBase64String(Encode(picture))}\"/>\n";

    /// <summary>Skia numbers clip paths through the whole process; here they are numbered from 0 in a figure and carry its name.</summary>
    private static string WithOwnNames(string svg, string name)
    {
        var numbers = new Dictionary<string, int>();
        return ClipName().Replace(svg, match =>
        {
            numbers.TryAdd(match.Value, numbers.Count);
            return $"{name}-clip{numbers[match.Value]}";
        });
    }

    [GeneratedRegex("cl_[0-9a-f]+")]
    private static partial Regex ClipName();

    private static void Replace(string path, byte[] content) => WholeFile.Write(path, stream => stream.Write(content));

    /// <summary>A parameter's name as a file name: what is neither letter, digit, dot, hyphen nor underscore becomes an underscore.</summary>
    private static string SafeName(string name) => string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter : '_'));
}
