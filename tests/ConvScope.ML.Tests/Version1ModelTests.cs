using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ConvScope.ML.Tests;

/// <summary>Models that version 1 of the formats wrote give the same scores for ever.</summary>
public sealed class Version1ModelTests
{
    private const int Count = 4, Size = 28;

    private static readonly string _fixture = Path.Combine(AppContext.BaseDirectory, "fixtures", "v1");
    private static readonly byte[] _pixels = [.. Enumerable.Range(0, Count * Size * Size).Select(place => (byte)(place * 37 % 251 * (place / (Size * Size) + 1) / Count))];

    [Test]
    public void Load_ModelOfVersion1_GivesTheScoresThatItGaveThen()
    {
        var context = new MLContext(1);
        using var model = (IDisposable)context.Model.Load(Path.Combine(_fixture, "model.zip"), out _);
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(image => new Image { Features = _pixels[(image * Size * Size)..((image + 1) * Size * Size)] }));
        var scores = ((ITransformer)model).Transform(data).GetColumn<float[]>("Score").SelectMany(score => score);
        Assert.That(scores, Is.EqualTo(Expected()).Within(1e-6f));
    }

    [Test]
    public void Run_OnnxOfVersion1_GivesTheSameScores()
    {
        using var session = new InferenceSession(Path.Combine(_fixture, "model.onnx"));
        var input = new DenseTensor<float>(_pixels.Select(pixel => (float)pixel).ToArray(), [Count, 1, Size, Size]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("Features", input)]);
        Assert.That(results[0].AsEnumerable<float>().ToArray(), Is.EqualTo(Expected()).Within(1e-5f));
    }

    private static float[] Expected() => [.. File.ReadAllLines(Path.Combine(_fixture, "scores.txt")).Select(line => float.Parse(line, CultureInfo.InvariantCulture))];

    private sealed class Image
    {
        [VectorType(1, Size, Size)]
        public byte[] Features { get; set; } = [];

        public int Label { get; set; }
    }
}
