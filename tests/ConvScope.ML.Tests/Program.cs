using System.Globalization;

namespace ConvScope.ML.Tests;

/// <summary>
/// A fresh process that loads a saved model with nothing but ML.NET's own calls and prints the score of each toy row. No type of ConvScope is touched before the load.
/// </summary>
internal static class Program
{
    private static void Main(string[] args)
    {
        var context = new MLContext();
        var model = context.Model.Load(args[0], out _);
        using var engine = context.Model.CreatePredictionEngine<ToyInput, ToyOutput>(model);
        foreach (var input in File.ReadLines(args[1]).Select(line => new ToyInput { Features = [.. line.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture))] }))
        {
            var output = engine.Predict(input);
            Console.WriteLine(string.Join(' ', output.Score.Select(score => score.ToString("R", CultureInfo.InvariantCulture)).Prepend(output.PredictedLabel.ToString(CultureInfo.InvariantCulture))));
        }
    }
}
