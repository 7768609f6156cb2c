using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ConvScope.Browsers;
using ConvScope.Dashboard;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using Microsoft.Playwright;

namespace ConvScope.Benchmarks;

/// <summary>How the page copes with a record of 1,000,000 readings in 200 series, measured in a browser; how much memory the server takes with ten clients; and how long two large tensors take.</summary>
internal static class PageSpeed
{
    private const int Steps = 5000;
    private const int Layers = 20;
    private const int Clients = 10;

    private static readonly string[] _quantities =
    [
        QuantityNames.GradientNorm, QuantityNames.GradientMean, QuantityNames.GradientMax, QuantityNames.GradientStandardDeviation, QuantityNames.WeightNorm,
        QuantityNames.WeightMean, QuantityNames.WeightStandardDeviation, QuantityNames.UpdateRatio, QuantityNames.DistanceFromInitialization,
    ];

    /// <summary>Serves a folder until the process is killed; prints the address.</summary>
    public static void Serve(string folder)
    {
        var dashboard = DashboardHost.Start(folder, new DashboardOptions { Port = 0 });
        Console.WriteLine(dashboard.Url);
        dashboard.WaitAsync().GetAwaiter().GetResult();
    }

    /// <summary>Writes the record, opens its page, scrolls through it, and then keeps ten clients busy.</summary>
    /// <param name="minutes">How long the clients are kept busy.</param>
    public static async Task Run(double minutes)
    {
        var folder = Directory.CreateTempSubdirectory("convscope-page-").FullName;
        Write(Path.Combine(folder, "million"));
        using var server = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(PageSpeed).Assembly.Location, "serve", folder]) { RedirectStandardOutput = true })!;
        try
        {
            var url = new Uri((await server.StandardOutput.ReadLineAsync())!);
            await Browse(url);
            await KeepBusy(url, server, TimeSpan.FromMinutes(minutes));
            WriteLarge(Path.Combine(folder, "large"));
            await Task.Delay(2500); // until the dashboard has found it
            await Compare(url, server);
        }
        finally
        {
            server.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string folder)
    {
        var watch = Stopwatch.StartNew();
        var random = new Random(1);
        List<Series> series = [.. _quantities.SelectMany(quantity => Enumerable.Range(0, Layers + 2).Select(layer => new Series(quantity, $"layer{layer:D2}.weight", "1"))).Take(198), new Series(QuantityNames.Loss, "", "nats"), new Series(QuantityNames.Accuracy, "", "fraction")];
        using var writer = new RunRecordWriter(folder, new Dictionary<string, string> { [MetadataNames.Status] = "completed", [MetadataNames.Network] = "made up", [MetadataNames.Device] = "cpu" }, exception => throw exception);
        for (var step = 0; step < Steps; step++)
            writer.Append(new StepReadings(step, step / 500 + 1, step * 0.02, [.. series.Select(one => (one, Math.Exp(-step / 1500.0) * (1 + 0.3 * random.NextDouble())))]));
        foreach (var step in new[] { 0L, Steps })
            writer.AppendSnapshot(step, (int)step / 500, SnapshotKind.Weights, [.. Enumerable.Range(0, Layers).Select(layer => Random($"layer{layer:D2}.weight", random, 64, 32, 3, 3))]);
        writer.Dispose();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{series.Count} series, {series.Count * Steps:N0} readings, run.db {new FileInfo(Path.Combine(folder, "run.db")).Length / 1e6:F1} MB, written in {watch.Elapsed.TotalSeconds:F1} s"));
    }

    private static void WriteLarge(string folder)
    {
        var random = new Random(2);
        using var writer = new RunRecordWriter(folder, new Dictionary<string, string> { [MetadataNames.Status] = "completed" }, exception => throw exception);
        foreach (var step in new[] { 0L, Steps })
            writer.AppendSnapshot(step, (int)step / 500, SnapshotKind.Weights, [Random("fc6.weight", random, 4096, 6104)]); // 25,001,984 elements
    }

    private static NamedArray Random(string name, Random random, params long[] shape) =>
        new(name, shape, [.. Enumerable.Range(0, (int)shape.Aggregate((product, length) => product * length)).Select(_ => random.NextSingle() - 0.5f)]);

    private static async Task Browse(Uri url)
    {
        using var playwright = await Playwright.CreateAsync();
        var executable = BrowserFinder.Required(new ThisMachine()).Path;
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = executable, Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
        for (var round = 1; round <= 5; round++)
        {
            var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1400, Height = 900 } });
            await page.AddInitScriptAsync("window.longTasks = []; new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(e => e.duration))).observe({ type: 'longtask', buffered: true });");
            var watch = Stopwatch.StartNew();
            await page.GotoAsync(url.ToString());
            await page.WaitForSelectorAsync("section[aria-label='Loss'][data-drawn] canvas");
            var first = watch.Elapsed.TotalSeconds;
            var opening = await page.EvaluateAsync<double[]>("() => window.longTasks.splice(0)");
            for (var y = 0; y < 40; y++)
            {
                await page.Mouse.WheelAsync(0, 200);
                await page.WaitForTimeoutAsync(60);
            }

            await page.WaitForTimeoutAsync(1000);
            var scrolling = await page.EvaluateAsync<double[]>("() => window.longTasks");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"page, round {round}: first curves after {first:F2} s (longest task {opening.DefaultIfEmpty(0).Max():F0} ms), scrolling: {scrolling.Length} tasks over 50 ms, longest {scrolling.DefaultIfEmpty(0).Max():F0} ms"));
            await page.CloseAsync();
        }
    }

    private static async Task Compare(Uri url, Process server)
    {
        using var client = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(2) };
        var id = await IdOf(client, "large");
        for (var round = 1; round <= 5; round++)
        {
            var watch = Stopwatch.StartNew();
            var answer = await client.GetByteArrayAsync($"api/compare?run1={id}&kind1=Weights&step1=0&name1=fc6.weight&run2={id}&kind2=Weights&step2={Steps}&name2=fc6.weight");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"two tensors of 25,001,984 elements, round {round}: {watch.Elapsed.TotalSeconds:F2} s, {answer.Length / 1e6:F2} MB to the browser"));
        }

        await Task.Delay(1000);
        server.Refresh();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"server after the comparisons: {server.WorkingSet64 / 1e6:F0} MB resident"));
    }

    private static async Task<string> IdOf(HttpClient client, string name) =>
        JsonDocument.Parse(await client.GetStringAsync("api/runs")).RootElement.EnumerateArray().Single(run => run.GetProperty("name").GetString() == name).GetProperty("id").GetString()!;

    private static async Task KeepBusy(Uri url, Process server, TimeSpan duration)
    {
        using var client = new HttpClient { BaseAddress = url };
        var id = await IdOf(client, "million");
        using var end = new CancellationTokenSource(duration);
        var requests = 0;
        var clients = Enumerable.Range(0, Clients).Select(async number =>
        {
            using var events = await client.GetStreamAsync("api/events");
            for (var turn = 0; !end.IsCancellationRequested; turn++)
            {
                await client.GetByteArrayAsync($"api/runs/{id}");
                await client.GetByteArrayAsync($"api/runs/{id}/series?of={string.Join(',', Enumerable.Range((turn * 20 + number) % 180, 20))}");
                Interlocked.Add(ref requests, 2);
                await Task.Delay(500);
            }
        }).ToArray();
        var most = 0L;
        while (!end.IsCancellationRequested)
        {
            server.Refresh();
            most = Math.Max(most, server.WorkingSet64);
            await Task.Delay(200);
        }

        await Task.WhenAll(clients);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Clients} clients for {duration.TotalMinutes} min: {requests:N0} requests, server at most {most / 1e6:F0} MB resident"));
    }
}
