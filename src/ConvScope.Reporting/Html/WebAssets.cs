using System.Text;

namespace ConvScope.Reporting.Html;

/// <summary>The built web front end, embedded in this assembly.</summary>
internal static class WebAssets
{
    private static readonly Dictionary<string, (string MediaType, byte[] Content)> _files = new(StringComparer.Ordinal)
    {
        ["index.html"] = ("text/html; charset=utf-8", Load("index.html")),
        ["app.js"] = ("text/javascript; charset=utf-8", Load("app.js")),
        ["app.css"] = ("text/css; charset=utf-8", Load("app.css")),
    };

    /// <summary>A file with its media type; null where there is none of that name.</summary>
    public static (string MediaType, byte[] Content)? Find(string name) => _files.TryGetValue(name, out var file) ? file : null;

    /// <summary>A file's text.</summary>
    public static string Text(string name) => Encoding.UTF8.GetString(_files[name].Content);

    private static byte[] Load(string name)
    {
        using var stream = typeof(WebAssets).Assembly.GetManifestResourceStream($"web/{name}") ?? throw new InvalidOperationException($"The web front end's {name} is not embedded.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
