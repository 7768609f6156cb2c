#!/usr/bin/env dotnet
#:sdk Microsoft.NET.Sdk.Web
#:project ../src/ConvScope.ML
// A web service around the model that mnist-lenet5.cs saved: a picture of a digit in; label, probabilities and the pixels by which the network decided out.
//   dotnet run pipelines/mnist-service.cs -- [--model artifacts/reports/mnist-lenet5/model.zip] [--urls http://127.0.0.1:5080]
//   curl --data-binary @digit.png http://127.0.0.1:5080/predict
using ConvScope.Attribution;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.ML.Scoring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Networks;
using ConvScope.Reporting.Figures;
using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;
using Microsoft.ML.Data;

const int LargestBody = 1 << 20; // bytes of a picture
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

app.MapGet("/", () => Results.Text("POST a picture (PNG, JPEG, WebP, BMP or GIF) of a light digit on black to /predict; it is scaled to 28x28 pixels.\n"));
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
        return Results.Ok(await classifier.Classify(classifier.Decoding.Decode(body, classifier.Input), request.HttpContext.RequestAborted));
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
    private const int LargestPicture = 25_000_000; // pixels, of which a megabyte can promise many more
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

    /// <summary>How a picture that a stranger sends becomes pixels: as in the training, and no larger than a camera's.</summary>
    public ImageDecoding Decoding => _network.Decoding with { MostPixels = LargestPicture };

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
