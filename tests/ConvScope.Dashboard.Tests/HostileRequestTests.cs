using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ConvScope.Dashboard.Tests;

/// <summary>Requests that mean harm get an error status, and nothing on the disk changes.</summary>
public sealed class HostileRequestTests
{
    private const string Secret = "nobody may read this";

    private ServedFolder _served = null!;
    private string _id = null!;
    private string _before = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        _served = new ServedFolder();
        ToyRun.Record(Path.Combine(_served.Root, "run"), epochs: 1);
        File.WriteAllText(Path.Combine(_served.Outside, "secret.txt"), Secret);
        ToyRun.Record(Path.Combine(_served.Outside, "elsewhere"), epochs: 1);
        _id = await _served.IdOf("run");
        _before = Fingerprint();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        Assert.That(Fingerprint(), Is.EqualTo(_before), "no request changed a file");
        await _served.DisposeAsync();
    }

    [TestCase("/../secret.txt")]
    [TestCase("/..%2fsecret.txt")]
    [TestCase("/%2e%2e/%2e%2e/etc/passwd")]
    [TestCase("/app.js/../../secret.txt")]
    [TestCase("/api/runs/..%2f..%2felsewhere")]
    [TestCase("/api/runs/../../elsewhere")]
    [TestCase("/api/runs/%00")]
    [TestCase("/api/runs/....//....//secret.txt")]
    [TestCase("/api/runs/RUN/tensor?kind=Weights&step=0&name=../../../secret.txt")]
    [TestCase("/api/runs/RUN/report.html/../../../../secret.txt")]
    public async Task Request_PathTraversal_IsRefused(string target)
    {
        var (status, body) = await Raw($"GET {target.Replace("RUN", _id)} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        Assert.That(status, Is.InRange(400, 499), body);
        Assert.That(body, Does.Not.Contain(Secret).And.Not.Contain("root:"));
    }

    [TestCase("nothing")]
    [TestCase("0123456789abcdef")]
    [TestCase("'; DROP TABLE readings; --")]
    [TestCase("<script>alert(1)</script>")]
    public async Task Run_MalformedId_IsNotFound(string id)
    {
        using var answer = await _served.Client.GetAsync($"api/runs/{Uri.EscapeDataString(id)}");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
    }

    [TestCase("series?of=-1")]
    [TestCase("series?of=99999999999999999999")]
    [TestCase("series?of=abc")]
    [TestCase("series")]
    [TestCase("series?of=0&points=1000000000000")]
    [TestCase("series?of=0&points=2000000000")]
    [TestCase("series?of=0&points=-5")]
    [TestCase("series?of=0&from=1e400")]
    [TestCase("histograms?of=0,1")]
    [TestCase("tensor?kind=Secrets&step=0&name=x")]
    [TestCase("tensor?kind=99&step=0&name=x")]
    [TestCase("tensor?kind=Weights&step=-9223372036854775808&name=conv.weight")]
    [TestCase("tensor?kind=Weights&step=0&name=nobody")]
    [TestCase("tensor?kind=Weights&step=0&name=conv.weight&part=4000000000")]
    [TestCase("tensor?kind=Weights&step=0&name=conv.weight&part=0,0,0,0,0,0")]
    [TestCase("tensor?kind=Weights&step=0&name=conv.weight&part=-1")]
    public async Task Run_HugeOrMalformedRange_IsABadRequest(string request)
    {
        using var answer = await _served.Client.GetAsync($"api/runs/{_id}/{request}");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), await answer.Content.ReadAsStringAsync());
    }

    [Test]
    public async Task Series_TooMany_AreABadRequest()
    {
        using var answer = await _served.Client.GetAsync($"api/runs/{_id}/series?of={string.Join(',', Enumerable.Repeat(0, 600))}");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase("evil.example")]
    [TestCase("127.0.0.1.evil.example")]
    [TestCase("localhost.evil.example:8097")]
    public async Task Request_AnotherHostName_IsRefused(string host)
    {
        var (status, body) = await Raw($"GET /api/runs HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        Assert.That(status, Is.EqualTo(400), body);
    }

    [TestCase("POST")]
    [TestCase("PUT")]
    [TestCase("DELETE")]
    [TestCase("PATCH")]
    public async Task Request_ThatWouldChangeSomething_IsNotAllowed(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"api/runs/{_id}");
        using var answer = await _served.Client.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    [Test]
    public async Task Answer_OfAnyKind_CarriesTheHeaders([Values("", "app.js", "api/runs", "nothing/here")] string path)
    {
        using var answer = await _served.Client.GetAsync(path);
        Assert.That(answer.Headers.GetValues("Content-Security-Policy").Single(), Does.StartWith("default-src 'none'; script-src 'self'"));
        Assert.That(answer.Headers.GetValues("X-Content-Type-Options").Single(), Is.EqualTo("nosniff"));
        Assert.That(answer.Headers.GetValues("X-Frame-Options").Single(), Is.EqualTo("DENY"));
        Assert.That(answer.Headers.Contains("Access-Control-Allow-Origin"), Is.False);
        Assert.That(answer.Headers.Server, Is.Empty);
    }

    [Test]
    public async Task Runs_ALinkToAFolderOutside_IsNotFollowed()
    {
        string link = Path.Combine(_served.Root, "link"), later = Path.Combine(_served.Root, "came later");
        Directory.CreateSymbolicLink(link, Path.Combine(_served.Outside, "elsewhere"));
        try
        {
            ToyRun.Begin(later).Dispose();
            await _served.IdOf("came later"); // the look that found it passed the link too
            var names = (await _served.Json("api/runs")).EnumerateArray().Select(run => run.GetProperty("name").GetString());
            Assert.That(names, Does.Not.Contain("link").And.Not.Contain("elsewhere"));
        }
        finally
        {
            Directory.Delete(link);
            Directory.Delete(later, recursive: true);
        }
    }

    [Test]
    public async Task Tensor_ASnapshotThatIsALink_IsRefused()
    {
        var snapshot = Path.Combine(_served.Root, "run", "snapshots", "step-000000.safetensors"); // the weights
        var kept = snapshot + ".kept";
        File.Move(snapshot, kept);
        File.CreateSymbolicLink(snapshot, Directory.EnumerateFiles(Path.Combine(_served.Outside, "elsewhere", "snapshots")).First());
        try
        {
            using var answer = await _served.Client.GetAsync($"api/runs/{_id}/tensor?kind=Weights&step=0&name=conv.weight");
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), await answer.Content.ReadAsStringAsync());
        }
        finally
        {
            File.Delete(snapshot);
            File.Move(kept, snapshot);
        }
    }

    [Test]
    public async Task Run_ARecordThatNamesFilesOutside_IsRefused()
    {
        await using var served = new ServedFolder();
        var run = Path.Combine(served.Root, "hostile");
        ToyRun.Record(run, epochs: 1);
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(run, "run.db")};Pooling=False"))
        {
            connection.Open();
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE snapshots SET file = '../../elsewhere/snapshots/step-000000.safetensors'";
            command.ExecuteNonQuery();
        }

        using var answer = await served.Client.GetAsync($"api/runs/{await served.IdOf("hostile")}/tensor?kind=Weights&step=0&name=conv.weight");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task Run_DamagedRecord_IsListedAsSuchAndTheOthersGoOn()
    {
        await using var served = new ServedFolder();
        ToyRun.Record(Path.Combine(served.Root, "good"), epochs: 1);
        Directory.CreateDirectory(Path.Combine(served.Root, "bad"));
        await File.WriteAllTextAsync(Path.Combine(served.Root, "bad", "run.db"), "this is no database, but long enough to be looked at as one");
        var bad = await served.IdOf("bad");
        Assert.That((await served.Json("api/runs")).EnumerateArray().Single(run => run.GetProperty("id").GetString() == bad).GetProperty("status").GetString(), Is.EqualTo("damaged"));
        using var answer = await served.Client.GetAsync($"api/runs/{bad}");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That((await served.Json($"api/runs/{await served.IdOf("good")}")).GetProperty("status").GetString(), Is.EqualTo("completed"));
    }

    [Test]
    public async Task Connections_AThousandAtATime_DoNotKeepAPersonOut()
    {
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _served.Host.Url.Port);
                idle.Add(client);
            }

            using var answer = await _served.Client.GetAsync("api/runs");
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
        finally
        {
            idle.ForEach(client => client.Dispose());
        }
    }

    [Test]
    public async Task Events_MorePagesThanAllowed_AreToldToComeBackLater()
    {
        await using var served = new ServedFolder(new DashboardOptions { MostPages = 3 });
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < 3; i++)
            open.Add(await served.Client.GetAsync("api/events", HttpCompletionOption.ResponseHeadersRead));
        using var refused = await served.Client.GetAsync("api/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        open.ForEach(answer => answer.Dispose());
    }

    [TestCase("GET / HTTP/9.9\r\n\r\n")]
    [TestCase("NONSENSE\r\n\r\n")]
    [TestCase("GET /api/runs HTTP/1.1\r\n\r\n")]
    public async Task Request_Malformed_IsRefused(string request)
    {
        var (status, _) = await Raw(request);
        Assert.That(status, Is.InRange(400, 505));
    }

    [Test]
    public async Task Request_HeadersWithoutEnd_AreRefused()
    {
        var (status, _) = await Raw($"GET / HTTP/1.1\r\nHost: localhost\r\nX: {new string('a', 100_000)}\r\n\r\n");
        Assert.That(status, Is.EqualTo(431));
    }

    /// <summary>Sends bytes as they are: a client library would tidy them up.</summary>
    private async Task<(int Status, string Body)> Raw(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _served.Host.Url.Port);
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        }
        catch (IOException)
        {
            // refused before it was all sent
        }

        using var reader = new StreamReader(stream);
        using var limit = new CancellationTokenSource(Patience.Limit);
        var answer = await reader.ReadToEndAsync(limit.Token);
        return (int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), answer);
    }

    private string Fingerprint()
    {
        var files = Directory.EnumerateFiles(_served.Outside, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        return string.Join('\n', files.Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));
    }
}
