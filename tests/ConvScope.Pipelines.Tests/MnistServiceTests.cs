using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace ConvScope.Pipelines.Tests;

internal sealed class MnistServiceTests
{
    private readonly HttpClient _client = new();
    private TemporaryFolder _folder = null!;
    private ServedMnist _service = null!;
    private ImageSet _images = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _images = (await Mnist.LoadTestAsync()).Slice(0, 200);
        var context = new MLContext(1);
        var train = context.Data.LoadFromEnumerable(Digit.From((await Mnist.LoadTrainAsync()).Slice(0, 6000)));
        using var model = context.Transforms.Conversion.MapValueToKey("Label")
            .Append(context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Training = new TrainingOptions { Epochs = 2 } }))
            .Append(context.Transforms.Conversion.MapKeyToValue("PredictedDigit", "PredictedLabel")).Fit(train);
        context.Model.Save(model, train.Schema, _folder.File("model.zip"));
        _service = await ServedMnist.StartAsync(_folder.File("model.zip"));
        _client.BaseAddress = _service.Address;
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _client.Dispose();
        _service.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Predict_DigitsAtOnce_AreMostlyRightWithProbabilitiesAndAPicture()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, _images.Count).Select(index => PostAsync(Png(index))));
        var right = 0;
        foreach (var (index, (status, json)) in answers.Index())
        {
            Assert.That(status, Is.EqualTo(HttpStatusCode.OK), json.ToString());
            right += json.GetProperty("label").GetInt32() == _images.Label(index) ? 1 : 0;
            var probabilities = json.GetProperty("probabilities").EnumerateObject().Select(entry => entry.Value.GetDouble()).ToArray();
            Assert.That(probabilities, Has.Length.EqualTo(10));
            Assert.That(probabilities.Sum(), Is.EqualTo(1).Within(1e-4));
            using var picture = SKBitmap.Decode(Convert.FromBase64String(json.GetProperty("attribution").GetString()!["data:image/png;base64,".Length..]));
            Assert.That((picture.Width, picture.Height), Is.EqualTo((224, 224)));
        }

        Assert.That(right, Is.GreaterThan(170));
    }

    [Test]
    public async Task Predict_WhatIsNoDigit_IsRefusedWithAReason()
    {
        var png = Png(0);
        await AssertRefused([], "empty");
        await AssertRefused(Encoding.UTF8.GetBytes("<html>"), "its content is a page of HTML; JPEG, PNG, WebP, BMP and GIF are read");
        await AssertRefused(png[..(png.Length / 2)], "the file ends before the image is complete");
        await AssertRefused(png[..30], "it begins as PNG and cannot be read");
        await AssertRefused(WithSize(png, 30_000), "30000 x 30000 pixels; at most 25000000 are decoded");
        var broken = png.ToArray();
        broken[broken.Length / 2] ^= 0xFF;
        await AssertRefused(broken, "damaged");
        var (status, _) = await PostAsync(new byte[2_000_000]);
        Assert.That(status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [Test]
    public async Task Predict_ADigitInAnotherSizeAndFormat_IsTheSameDigit()
    {
        var (_, expected) = await PostAsync(Png(0));
        foreach (var format in new[] { SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp })
        {
            using var digit = SKBitmap.Decode(Png(0));
            using var large = digit.Resize(new SKImageInfo(280, 280), SKFilterQuality.Medium);
            using var file = large.Encode(format, 95);
            var (status, json) = await PostAsync(file.ToArray());
            Assert.That(status, Is.EqualTo(HttpStatusCode.OK), json.ToString());
            Assert.That(json.GetProperty("label").GetInt32(), Is.EqualTo(expected.GetProperty("label").GetInt32()), format.ToString());
        }
    }

    [Test]
    public async Task Predict_WhileClientsSendSlowly_AnswersTheOthers()
    {
        var slow = new List<TcpClient>();
        for (var client = 0; client < 20; client++)
        {
            var connection = new TcpClient();
            await connection.ConnectAsync(_service.Address.Host, _service.Address.Port);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /predict HTTP/1.1\r\nHost: {_service.Address.Authority}\r\nContent-Length: 500\r\n\r\nabc"));
            slow.Add(connection);
        }

        for (var index = 0; index < 20; index++)
            Assert.That((await PostAsync(Png(index))).Status, Is.EqualTo(HttpStatusCode.OK));
        slow.ForEach(connection => connection.Dispose());
    }

    /// <summary>A PNG whose head promises another size.</summary>
    private static byte[] WithSize(byte[] png, int side)
    {
        byte[] size = [(byte)(side >> 24), (byte)(side >> 16), (byte)(side >> 8), (byte)side];
        return [.. png[..8], .. PictureBytes.Chunk("IHDR", [.. size, .. size, .. png[24..29]]), .. png[33..]];
    }

    private async Task AssertRefused(byte[] body, string reason)
    {
        var (status, json) = await PostAsync(body);
        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(json.GetProperty("detail").GetString(), Does.Contain(reason));
    }

    private async Task<(HttpStatusCode Status, JsonElement Json)> PostAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using var response = await _client.PostAsync("predict", content);
        return (response.StatusCode, response.Content.Headers.ContentLength == 0 ? default : await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private byte[] Png(int index) => DigitPicture.Png(_images.Image(index));

    internal sealed class Digit
    {
        [VectorType(1, 28, 28), ColumnName("Features")]
        public byte[] Pixels { get; set; } = [];

        public int Label { get; set; }

        public static List<Digit> From(ImageSet set) =>
            [.. Enumerable.Range(0, set.Count).Select(index => new Digit { Pixels = set.Image(index).ToArray(), Label = set.Label(index) })];
    }
}
