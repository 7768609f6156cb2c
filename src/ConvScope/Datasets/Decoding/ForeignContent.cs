namespace ConvScope.Datasets.Decoding;

/// <summary>Says what a file is that is no image which can be read, where its first bytes tell.</summary>
internal static class ForeignContent
{
    private const string Read = "JPEG, PNG, WebP, BMP and GIF are read";

    /// <summary>Why a file is not decoded.</summary>
    /// <param name="file">The content of the file.</param>
    public static string Describe(ReadOnlySpan<byte> file) =>
        Begun(file) is { } begun ? $"it begins as {begun} and cannot be read: it is cut off, damaged, or of a rare kind"
        : Kind(file) is { } kind ? $"its content is {kind}; {Read}"
        : "its content is no JPEG, PNG, WebP, BMP or GIF";

    private static string? Begun(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? "JPEG"
        : file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ? "PNG"
        : file.StartsWith("GIF8"u8) ? "GIF"
        : file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..].StartsWith("WEBP"u8) ? "WebP"
        : file.StartsWith("BM"u8) ? "BMP" : null;

    private static string? Kind(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) || file.StartsWith("II+\0"u8))
            return "TIFF, or a camera's raw file";
        if (file.Length >= 12 && file[4..].StartsWith("ftyp"u8))
            return Brand(file.Slice(8, 4));
        if (file.StartsWith((ReadOnlySpan<byte>)[0xff, 0x0a]) || file.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ']))
            return "JPEG XL";
        if (file.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ']) || file.StartsWith((ReadOnlySpan<byte>)[0xff, 0x4f, 0xff, 0x51]))
            return "JPEG 2000";
        if (file.StartsWith("8BPS"u8))
            return "a Photoshop document";
        if (file.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0]))
            return "an icon (ICO)";
        if (file.StartsWith("%PDF"u8))
            return "PDF";
        if (file.StartsWith("PK"u8))
            return "a zip archive";
        if (file.StartsWith("version https://git-lfs"u8))
            return "a pointer of git-LFS, whose file is still to be fetched (git lfs pull)";
        return file.StartsWith((ReadOnlySpan<byte>)[0, 5, 0x16, 7]) ? "what macOS keeps beside a file (AppleDouble)" : Markup(file);
    }

    private static string Brand(ReadOnlySpan<byte> brand) =>
        brand.StartsWith("avi"u8) ? "AVIF"
        : brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.StartsWith("mif"u8) || brand.StartsWith("msf"u8) ? "HEIC"
        : "a film or another file of the MP4 kind";

    private static string? Markup(ReadOnlySpan<byte> file)
    {
        var text = file.TrimStart(" \t\r\n"u8).TrimStart((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]);
        if (text.IsEmpty || text[0] != (byte)'<')
            return null;
        var start = System.Text.Encoding.Latin1.GetString(text[..Math.Min(text.Length, 1000)]);
        return start.Contains("<svg", StringComparison.OrdinalIgnoreCase) ? "SVG"
            : start.Contains("<html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) ? "a page of HTML" : "XML or HTML";
    }
}
