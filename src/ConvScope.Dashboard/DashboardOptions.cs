using System.Net;

namespace ConvScope.Dashboard;

/// <summary>Where the dashboard listens and who may look.</summary>
public sealed record DashboardOptions
{
    /// <summary>TCP port, 0 to 65,535; 0 takes a free one. Default 8097, as Visdom's.</summary>
    public int Port { get; init; } = 8097;

    /// <summary>Address to listen on. Default 127.0.0.1: this machine alone. On any other address a token is asked for.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>What a browser must present on an address that others reach, at least 16 letters, digits, hyphens or underscores; null makes one, which <see cref="DashboardHost.Url"/> carries.</summary>
    public string? Token { get; init; }

    /// <summary>Names under which the dashboard may be asked for beside the address itself, such as the machine's name. Default none.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>Most pages that are kept up to date at a time, 1 to 10,000; more are told to come back later. Default 200.</summary>
    public int MostPages { get; init; } = 200;

    /// <summary>How often running trainings are looked at, 50 ms to 10 s. Default 250 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Checks every value.</summary>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Address);
        if (Port is < 0 or > 65535)
            throw new ArgumentOutOfRangeException(nameof(Port), Port, "Port must be 0 to 65,535.");
        if (Token is not null && (Token.Length < 16 || !Token.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')))
            throw new ArgumentException("Token must be at least 16 letters, digits, hyphens or underscores.", nameof(Token));
        if (MostPages is < 1 or > 10_000)
            throw new ArgumentOutOfRangeException(nameof(MostPages), MostPages, "MostPages must be 1 to 10,000.");
        if (Interval < TimeSpan.FromMilliseconds(50) || Interval > TimeSpan.FromSeconds(10))
            throw new ArgumentOutOfRangeException(nameof(Interval), Interval, "Interval must be 50 ms to 10 s.");
    }
}
