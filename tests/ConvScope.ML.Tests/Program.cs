using System.Globalization;

namespace ConvScope.ML.Tests;

/// <summary>
/// A fresh process that loads a saved model with nothing but ML.NET's own calls and prints the score of each toy row; the third argument names the kind of score where it is not that of several classes. No type of ConvScope is touched before the load.
/// </summary>
internal static class Program
{
    private static void Main(string[] args)
    {
        var context = new MLContext();
        var model = context.Model.Load(args[0], out _);
        var inputs = File.ReadLines(args[1]).Select(line => new ToyInput { Features = [.. line.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture))] });
        if (args.ElementAtOrDefault(2) == "libraries")
        {
            Print<ToyOutput>(context, model, inputs, output => output.Score);
            Console.WriteLine($"{IsMapped("libtorch_cpu")} {IsMapped("libonnxruntime")}");
            return;
        }

        switch (args.ElementAtOrDefault(2))
        {
            case "binary":
                Print<ToyAnswer>(context, model, inputs, output => [output.PredictedLabel ? 1 : 0, output.Score, output.Probability]);
                break;
            case "regression":
                Print<ToyNumber>(context, model, inputs, output => [output.Score]);
                break;
            default:
                Print<ToyOutput>(context, model, inputs, output => output.Score.Prepend(output.PredictedLabel));
                break;
        }
    }

    /// <summary>Whether a library that is mapped into this process has a text in its name.</summary>
    private static bool IsMapped(string name) => File.Exists("/proc/self/maps") && File.ReadAllText("/proc/self/maps").Contains(name, StringComparison.Ordinal);

    private static void Print<TOutput>(MLContext context, ITransformer model, IEnumerable<ToyInput> inputs, Func<TOutput, IEnumerable<float>> numbers)
        where TOutput : class, new()
    {
        using var engine = context.Model.CreatePredictionEngine<ToyInput, TOutput>(model);
        foreach (var input in inputs)
            Console.WriteLine(string.Join(' ', numbers(engine.Predict(input)).Select(number => number.ToString("R", CultureInfo.InvariantCulture))));
    }
}
