// What README shows, from outside the repository: trained and inspected, saved, loaded in another process, and asked. Run by ../consume.sh.
using ConvScope.Inspection;
using ConvScope.ML;
using ConvScope.Records.Recording;
using ConvScope.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

var mlContext = new MLContext(seed: 1);
if (args is ["predict"])
{
    var loaded = mlContext.Model.Load("model.zip", out _);
    using var engine = mlContext.Model.CreatePredictionEngine<Bars, Answer>(loaded);
    var right = Bars.Draw(60, seed: 2).Count(bars => engine.Predict(bars).Shape == bars.Label);
    Console.WriteLine($"{right} of 60 right");
    return right > 50 ? 0 : 1;
}

var train = mlContext.Data.LoadFromEnumerable(Bars.Draw(600, seed: 1));
var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label")
    .Append(mlContext.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions
    {
        Training = new TrainingOptions { Epochs = 3, LearningRate = 0.05 },
        Inspection = new InspectionOptions("run"),
    }))
    .Append(mlContext.Transforms.Conversion.MapKeyToValue("Shape", "PredictedLabel"));
var model = pipeline.Fit(train);
mlContext.Model.Save(model, train.Schema, "model.zip");
var summary = RunSummary.Read("run");
Console.WriteLine($"training accuracy {summary.TrainAccuracy:P1}; {Directory.GetFiles("run", "*.png", SearchOption.AllDirectories).Length} figures; report of {new FileInfo("run/report.html").Length / 1000} KB");
return summary.TrainAccuracy > 0.9 && File.Exists("run/report.html") ? 0 : 1;

/// <summary>Images of 28×28: a standing or a lying bar on noise.</summary>
internal sealed class Bars
{
    [ColumnName("Features"), VectorType(28 * 28)]
    public byte[] Pixels { get; set; } = [];

    public string Label { get; set; } = "";

    public static Bars[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            var (pixels, stands, place) = (new byte[28 * 28], index % 2 == 0, random.Next(4, 24));
            for (var at = 0; at < pixels.Length; at++)
                pixels[at] = (byte)(random.Next(60) + ((stands ? at % 28 : at / 28) == place ? 190 : 0));
            return new Bars { Pixels = pixels, Label = stands ? "standing" : "lying" };
        })];
    }
}

/// <summary>What an engine answers.</summary>
internal sealed class Answer
{
    public string Shape { get; set; } = "";
}
