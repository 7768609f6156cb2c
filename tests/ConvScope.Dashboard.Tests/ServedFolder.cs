using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace ConvScope.Dashboard.Tests;

/// <summary>A folder of runs with a dashboard on a free port and a client that talks to it.</summary>
internal sealed class ServedFolder : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ServedFolder(DashboardOptions? options = null)
    {
        Directory.CreateDirectory(Root);
        Host = DashboardHost.Start(Root, (options ?? new DashboardOptions()) with { Port = 0, Interval = TimeSpan.FromMilliseconds(100) });
        Client = new HttpClient { BaseAddress = new Uri(Host.Url.GetLeftPart(UriPartial.Authority)) };
    }

    /// <summary>The served folder; beside it lies what nobody may reach.</summary>
    public string Root => _folder.File("runs");

    /// <summary>The folder around the served one.</summary>
    public string Outside => _folder.Path;

    public DashboardHost Host { get; }

    public HttpClient Client { get; }

    /// <summary>Waits until the dashboard lists a run of that name.</summary>
    public async Task<string> IdOf(string name)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience.Limit)
        {
            foreach (var entry in (await Json("api/runs")).EnumerateArray())
            {
                if (entry.GetProperty("name").GetString() == name)
                    return entry.GetProperty("id").GetString()!;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"The dashboard does not list '{name}'.");
    }

    public Task<JsonElement> Json(string path) => Client.GetFromJsonAsync<JsonElement>(path);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
