using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConvScope.Dashboard;

/// <summary>
/// Shows the runs of a folder in the browser while they grow, from this process or another.
/// <code>
/// await using var dashboard = DashboardHost.Start("artifacts/reports");
/// logger.LogInformation("Look at {Url}", dashboard.Url);
/// </code>
/// </summary>
/// <remarks>It only reads: no request changes a run, and nothing outside the folder is served. It may be started before the folder or any run exists. A dashboard that fails takes no training with it.</remarks>
public sealed class DashboardHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private DashboardHost(WebApplication application, Uri url) => (_application, Url) = (application, url);

    /// <summary>The page's address; where a token is asked for, it is part of it.</summary>
    public Uri Url { get; }

    /// <summary>Starts the dashboard and returns once it answers.</summary>
    /// <param name="folder">The folder that holds run folders, at any depth up to eight; folders are environments.</param>
    /// <param name="options">Where it listens; null for port 8097 of this machine alone.</param>
    /// <param name="loggers">Gets what the server logs; null for nobody.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static DashboardHost Start(string folder, DashboardOptions? options = null, ILoggerFactory? loggers = null) => StartAsync(folder, options, loggers).GetAwaiter().GetResult();

    /// <inheritdoc cref="Start" />
    public static async Task<DashboardHost> StartAsync(string folder, DashboardOptions? options = null, ILoggerFactory? loggers = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new DashboardOptions();
        options.Validate();
        var token = IPAddress.IsLoopback(options.Address) ? options.Token : options.Token ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
        var application = Build(Path.GetFullPath(folder), options, token, loggers ?? NullLoggerFactory.Instance);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new DashboardHost(application, token is null ? address : new Uri(address, $"?token={token}"));
    }

    /// <summary>Completes when the dashboard has been stopped.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public Task WaitAsync(CancellationToken cancellationToken = default) => HostingAbstractionsHostExtensions.WaitForShutdownAsync(_application, cancellationToken);

    /// <summary>Stops listening; pages say that the connection is lost and try again by themselves.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(limit.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(string folder, DashboardOptions options, string? token, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new RunFolders(folder));
        builder.Services.AddSingleton<RunReader>();
        builder.Services.AddSingleton<ReadingsCache>();
        builder.Services.AddSingleton<ChangeFeed>();
        builder.Services.AddHostedService<RunWatch>();
        builder.Services.AddDashboardGuards(options);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Address, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 4096;
            kestrel.Limits.MaxRequestBodySize = 0; // nothing is ever sent to it
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        var application = builder.Build();
        application.UseDashboardGuards(token);
        application.MapPage();
        application.MapRuns();
        application.MapComparisons();
        return application;
    }
}
