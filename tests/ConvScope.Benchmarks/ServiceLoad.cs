using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ConvScope.Benchmarks;

/// <summary>Keeps the web service of <c>pipelines/mnist-service.cs</c> busy at a bounded rate, with some malformed images among the good ones and a client that sends slowly all the while.</summary>
internal static class ServiceLoad
{
    private const int RequestsPerSecond = 100;

    /// <summary>Runs the load and prints rates, latencies and memory.</summary>
    /// <param name="minutes">How long.</param>
    /// <returns>Whether every answer was the expected one.</returns>
    public static async Task<bool> RunAsync(double minutes)
    {
        var model = Path.Combine(Path.GetTempPath(), $"convscope-{Guid.NewGuid():N}.zip");
        var images = (await Mnist.LoadTestAsync()).Slice(0, 1000);
        await TrainAsync(model);
        using var service = await ServedMnist.StartAsync(model);
        using var client = new HttpClient { BaseAddress = service.Address };
        var bodies = Enumerable.Range(0, images.Count).Select(index => DigitPicture.Png(images.Image(index))).ToArray();
        using var ending = new CancellationTokenSource(TimeSpan.FromMinutes(minutes));
        var slow = SendSlowlyAsync(service.Address, ending.Token);
        var latencies = new List<double>();
        int wrong = 0, refused = 0, sent = 0;
        var waiting = new List<Task>();
        var clock = Stopwatch.StartNew();
        var nextReport = TimeSpan.Zero;
        while (!ending.IsCancellationRequested)
        {
            var isMalformed = sent % 50 == 49;
            waiting.Add(SendAsync(isMalformed ? bodies[sent % bodies.Length][..40] : bodies[sent % bodies.Length], isMalformed ? HttpStatusCode.BadRequest : HttpStatusCode.OK));
            sent++;
            waiting.RemoveAll(request => request.IsCompletedSuccessfully);
            if (clock.Elapsed >= nextReport)
            {
                nextReport += TimeSpan.FromMinutes(0.5);
                lock (latencies)
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {clock.Elapsed.TotalMinutes:F1} min: {sent} sent, {wrong} wrong answers, resident {service.Program.ResidentMegabytes:F0} MB, p50 {Percentile(latencies, 0.5):F1} ms, p99 {Percentile(latencies, 0.99):F1} ms"));
            }

            var due = TimeSpan.FromSeconds((double)sent / RequestsPerSecond) - clock.Elapsed;
            if (due > TimeSpan.Zero)
                await Task.Delay(due);
        }

        await Task.WhenAll(waiting);
        var cut = await slow;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {sent} requests in {clock.Elapsed.TotalMinutes:F1} min, {refused} of them refused as they should be, {wrong} wrong answers; {cut} slow requests cut off; p50 {Percentile(latencies, 0.5):F1} ms, p99 {Percentile(latencies, 0.99):F1} ms, longest {latencies.Max():F0} ms; resident {service.Program.ResidentMegabytes:F0} MB"));
        File.Delete(model);
        return wrong == 0;

        async Task SendAsync(byte[] body, HttpStatusCode expected)
        {
            var start = Stopwatch.GetTimestamp();
            var status = (HttpStatusCode?)null;
            try
            {
                using var content = new ByteArrayContent(body);
                using var response = await client.PostAsync("predict", content);
                await response.Content.ReadAsByteArrayAsync();
                status = response.StatusCode;
            }
            catch (HttpRequestException)
            {
                // counted as wrong
            }

            lock (latencies)
            {
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                wrong += status == expected ? 0 : 1;
                refused += status == HttpStatusCode.BadRequest ? 1 : 0;
            }
        }
    }

    private static async Task TrainAsync(string path)
    {
        var context = new MLContext(1);
        var images = (await Mnist.LoadTrainAsync()).Slice(0, 6000);
        var train = context.Data.LoadFromEnumerable(Enumerable.Range(0, images.Count).Select(index => new Row { Features = images.Image(index).ToArray(), Label = images.Label(index) }).ToList());
        using var model = context.Transforms.Conversion.MapValueToKey("Label")
            .Append(context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Training = new TrainingOptions { Epochs = 2 } }))
            .Append(context.Transforms.Conversion.MapKeyToValue("PredictedDigit", "PredictedLabel")).Fit(train);
        context.Model.Save(model, train.Schema, path);
    }

    /// <summary>A byte a second, one connection after another.</summary>
    private static async Task<int> SendSlowlyAsync(Uri address, CancellationToken cancellation)
    {
        var cut = 0;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync(address.Host, address.Port, cancellation);
                var stream = connection.GetStream();
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /predict HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: 600\r\n\r\n"), cancellation);
                for (var sent = 0; sent < 600; sent++)
                {
                    await stream.WriteAsync(new byte[] { 0x89 }, cancellation);
                    await Task.Delay(1000, cancellation);
                }
            }
            catch (IOException)
            {
                cut++;
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return cut;
    }

    private static double Percentile(List<double> values, double share)
    {
        if (values.Count == 0)
            return 0;
        double[] sorted = [.. values.Order()];
        return sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }

    internal sealed class Row
    {
        [VectorType(1, 28, 28)]
        public byte[] Features { get; set; } = [];

        public int Label { get; set; }
    }
}
