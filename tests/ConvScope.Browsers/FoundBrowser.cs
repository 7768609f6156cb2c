namespace ConvScope.Browsers;

/// <summary>A Chromium or a relative of it that Playwright can drive.</summary>
/// <param name="Path">The program.</param>
/// <param name="Origin">Where it is from, in words.</param>
public sealed record FoundBrowser(string Path, string Origin);
