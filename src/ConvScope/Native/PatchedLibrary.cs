using System.Security.Cryptography;

namespace ConvScope.Native;

/// <summary>
/// A copy of TorchSharp's native library for machines whose libstdc++ lacks <c>GLIBCXX_3.4.32</c> (Debian 12, Ubuntu 22.04, RHEL 9). TorchSharp 0.107.0 asks for that version
/// for one empty anchor symbol that nothing calls; the copy asks for it weakly. The stock file is never written to.
/// </summary>
internal static class PatchedLibrary
{
    /// <summary>The version that older machines lack.</summary>
    public const string Version = "GLIBCXX_3.4.32";

    /// <summary>Whether a loader's message says that the library failed for that version and nothing else.</summary>
    public static bool IsCureFor(string loaderMessage) => loaderMessage.Contains($"`{Version}' not found", StringComparison.Ordinal);

    /// <summary>Finds or makes the copy; its name carries the stock file's hash.</summary>
    /// <param name="stock">The stock library.</param>
    /// <param name="cache">The cache folder.</param>
    /// <returns>Path of the copy.</returns>
    /// <exception cref="BadImageFormatException">The stock file is no library, or does not need the version.</exception>
    public static string Prepare(string stock, string cache)
    {
        var bytes = File.ReadAllBytes(stock);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var copy = Path.Combine(cache, "native", $"{Path.GetFileNameWithoutExtension(stock)}-{hash[..16]}{Path.GetExtension(stock)}");
        if (new FileInfo(copy) is { Exists: true } file && file.Length == bytes.Length)
            return copy;
        var patched = VersionNeeds.Weaken(bytes, Version) ?? throw new BadImageFormatException($"'{stock}' does not need {Version}.");
        CacheFolder.Write(copy, patched);
        return copy;
    }
}
