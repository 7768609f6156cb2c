using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

// A program without ConvScope and without libtorch: applies an exported network of 8x8 images to rows of numbers, and prints the probabilities.
//   ConvScope.OnnxConsumer model.onnx rows.txt
var context = new MLContext();
var rows = File.ReadLines(args[1]).Select(line => new Image { Features = [.. line.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture))] }).ToList();
var data = context.Data.LoadFromEnumerable(rows);
var model = context.Transforms.ApplyOnnxModel("Score", "Features", args[0], shapeDictionary: new Dictionary<string, int[]> { ["Features"] = [1, 1, 8, 8] }).Fit(data);
foreach (var score in model.Transform(data).GetColumn<float[]>("Score"))
    Console.WriteLine(string.Join(' ', score.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));

/// <summary>One image as a row.</summary>
internal sealed class Image
{
    [VectorType(64)]
    public float[] Features { get; set; } = [];
}
