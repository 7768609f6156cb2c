namespace ConvScope.Browsers;

/// <summary>The operating systems on which browsers have usual places.</summary>
public enum Platform
{
    /// <summary>Any distribution.</summary>
    Linux,

    /// <summary>macOS.</summary>
    MacOS,

    /// <summary>Windows.</summary>
    Windows,
}
