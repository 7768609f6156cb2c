#!/usr/bin/env dotnet
#:sdk Microsoft.NET.Sdk.Web
#:project ../src/ConvScope.ML
// A web service around the model that mnist-lenet5.cs saved: a PNG of a digit in; label, probabilities and the pixels by which the network decided out.
//   dotnet run pipelines/mnist-service.cs -- [--model artifacts/reports/mnist-lenet5/model.zip] [--urls http://127.0.0.1:5080]
//   curl --data-binary @digit.png http://127.0.0.1:5080/predict
using ConvScope.Attribution;
using ConvScope.ML;
using ConvScope.ML.Scoring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Networks;
using ConvScope.Reporting.Figures;
using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

const int LargestBody = 1 << 20; // bytes of a PNG
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Limits.MaxRequestBodySize = LargestBody;
    kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5)); // one that sends slower is cut off
});
try
{
    builder.Services.AddSingleton(new Classifier(builder.Configuration["model"] ?? "artifacts/reports/mnist-lenet5/model.zip"));
}
catch (NonFiniteWeightsException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

var app = builder.Build();

app.MapGet("/", () => Results.Text("POST a PNG of 28x28 pixels, a light digit on black, to /predict.\n"));
app.MapGet("/health", () => Results.Ok());
app.MapPost("/predict", async (HttpRequest request, Classifier classifier) =>
{
    byte[] body;
    try
    {
        using var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy, request.HttpContext.RequestAborted); // wholly here before an engine is taken: a slow client holds nobody up
        body = copy.ToArray();
    }
    catch (BadHttpRequestException exception)
    {
        return Results.Problem(exception.Message, statusCode: exception.StatusCode);
    }

    try
    {
        return Results.Ok(await classifier.Classify(Picture.Read(body, classifier.Input), request.HttpContext.RequestAborted));
    }
    catch (InvalidDataException exception)
    {
        return Results.Problem(exception.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});
app.Run();
return 0;

/// <summary>The model, and as many prediction engines as there are processors.</summary>
internal sealed class Classifier : IDisposable
{
    private readonly MLContext _mlContext = new();
    private readonly ITransformer _model;
    private readonly ObjectPool<PredictionEngine<Digit, Prediction>> _engines;
    private readonly SemaphoreSlim _free = new(Environment.ProcessorCount);
    private readonly ConvNetModel _network;

    public Classifier(string path)
    {
        var saved = (TransformerChain<ITransformer>)_mlContext.Model.Load(path, out var schema);
        _network = saved.OfType<ConvNetTransformer>().Single().Model;
        var attribution = _mlContext.Transforms.ConvNetAttribution(_network, new GradCam());
        _model = saved.Append(attribution.Fit(_mlContext.Data.LoadFromEnumerable<Digit>([])));
        _engines = new DefaultObjectPool<PredictionEngine<Digit, Prediction>>(new Engines(() => _mlContext.Model.CreatePredictionEngine<Digit, Prediction>(_model, new PredictionEngineOptions { OwnsTransformer = false })), Environment.ProcessorCount);
        _engines.Return(_engines.Get()); // a model that cannot predict is refused now, not at the first request
    }

    /// <summary>The shape of the images that it takes.</summary>
    public Shape Input => _network.Network.Input;

    public async Task<Answer> Classify(byte[] pixels, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        var engine = _engines.Get();
        try
        {
            var prediction = engine.Predict(new Digit { Pixels = pixels });
            var picture = HeatMap.Png([.. pixels.Select(pixel => (float)pixel)], Input, prediction.Attribution, zoom: 8);
            return new Answer(prediction.PredictedDigit, _network.ClassNames.Zip(prediction.Score).ToDictionary(pair => pair.First, pair => pair.Second), $"data:image/png;base64,{Convert.ToBase64String(picture)}");
        }
        finally
        {
            _engines.Return(engine);
            _free.Release();
        }
    }

    public void Dispose()
    {
        (_model as IDisposable)?.Dispose();
        _free.Dispose();
    }

    private sealed class Engines(Func<PredictionEngine<Digit, Prediction>> create) : PooledObjectPolicy<PredictionEngine<Digit, Prediction>>
    {
        public override PredictionEngine<Digit, Prediction> Create() => create();

        public override bool Return(PredictionEngine<Digit, Prediction> obj) => true;
    }
}

/// <summary>What the service says of an image.</summary>
/// <param name="Label">The digit.</param>
/// <param name="Probabilities">Probability of each class.</param>
/// <param name="Attribution">The pixels that speak for it, as a PNG in a data address.</param>
internal sealed record Answer(int Label, IReadOnlyDictionary<string, float> Probabilities, string Attribution);

/// <summary>One image as the model takes it.</summary>
internal sealed class Digit
{
    [VectorType(1, 28, 28), ColumnName("Features")]
    public byte[] Pixels { get; set; } = [];

    public int Label { get; set; }
}

/// <summary>What the model says of it.</summary>
internal sealed class Prediction
{
    public int PredictedDigit { get; set; }

    public float[] Score { get; set; } = [];

    public float[] Attribution { get; set; } = [];
}

/// <summary>Reads pictures that strangers send.</summary>
internal static class Picture
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> End => [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];

    /// <summary>The grey pixels of a PNG file of exactly the network's size.</summary>
    /// <exception cref="InvalidDataException">The file is no PNG, damaged, or of another size; the message says what it is.</exception>
    public static byte[] Read(byte[] file, Shape shape)
    {
        if (!file.AsSpan().StartsWith(Signature))
            throw new InvalidDataException(file.Length == 0 ? "The body is empty; a PNG file is expected." : "The body is no PNG file.");
        if (!file.AsSpan().EndsWith(End)) // Skia takes one whose rows are all there
            throw new InvalidDataException("The PNG file is damaged: it is cut off.");
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data) ?? throw new InvalidDataException("The PNG file is damaged.");
        if (codec.Info.Width != shape.Width || codec.Info.Height != shape.Height) // before a pixel is decoded
            throw new InvalidDataException($"The image has {codec.Info.Width}x{codec.Info.Height} pixels; the network takes {shape.Width}x{shape.Height}.");
        using var bitmap = new SKBitmap(new SKImageInfo(shape.Width, shape.Height, SKColorType.Gray8, SKAlphaType.Opaque));
        return codec.GetPixels(bitmap.Info, bitmap.GetPixels()) == SKCodecResult.Success
            ? bitmap.Bytes
            : throw new InvalidDataException("The PNG file is damaged.");
    }
}
