#!/usr/bin/env dotnet
#:project ../src/ConvScope.ML
// Loads the model that mnist-lenet5.cs saved and classifies test images one by one with an ML.NET prediction engine.
//   dotnet run pipelines/mnist-predict.cs -- [--model artifacts/reports/mnist-lenet5/model.zip] [--count 5]
using System.Globalization;
using ConvScope.Datasets;
using ConvScope.Networks.Weights;
using Microsoft.ML;
using Microsoft.ML.Data;

string Argument(string name, string otherwise) => args.SkipWhile(argument => argument != $"--{name}").Skip(1).FirstOrDefault() ?? otherwise;
var path = Argument("model", "artifacts/reports/mnist-lenet5/model.zip");
var count = int.Parse(Argument("count", "5"), CultureInfo.InvariantCulture);

try
{
    var mlContext = new MLContext();
    var model = mlContext.Model.Load(path, out _); // nothing to register: the file knows who reads it
    using var engine = mlContext.Model.CreatePredictionEngine<Digit, Prediction>(model);
    VBuffer<ReadOnlyMemory<char>> slots = default;
    engine.OutputSchema["Score"].GetSlotNames(ref slots);
    var names = slots.DenseValues().ToArray();

    var images = await Mnist.LoadTestAsync();
    for (var index = 0; index < count; index++)
    {
        var image = images.Image(index);
        var prediction = engine.Predict(new Digit { Pixels = image.ToArray() });
        var best = prediction.Score.Select((score, slot) => (score, name: names[slot])).OrderByDescending(entry => entry.score).Take(3);
        Console.WriteLine(TextArt.Draw(image, images.Height, images.Width));
        Console.WriteLine($"Test image {index} is a {images.Label(index)}. Predicted: {prediction.PredictedDigit}  ("
            + string.Join(", ", best.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.name}: {entry.score:P2}")))
            + ")");
        Console.WriteLine();
    }

    return 0;
}
catch (NonFiniteWeightsException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

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
}

/// <summary>Draws a grey image with characters; two rows share a line, since a character is twice as high as wide.</summary>
internal static class TextArt
{
    public static string Draw(ReadOnlySpan<byte> image, int height, int width)
    {
        var text = new System.Text.StringBuilder();
        for (var row = 0; row + 1 < height; row += 2)
        {
            for (var column = 0; column < width; column++)
                text.Append(" .:-=+*#%@"[(image[row * width + column] + image[(row + 1) * width + column]) * 9 / 510]);
            text.Append('\n');
        }

        return text.ToString().TrimEnd();
    }
}
