using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using ConvScope.ML;
using ConvScope.Native;
using ConvScope.Records.Files;
using ConvScope.Records.Networks.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace ConvScope.Tool;

/// <summary><c>convscope predict MODEL IMAGE...</c>: what a saved model says of image files: classes, or a number.</summary>
internal static class PredictCommand
{
    private const int Shown = 3;

    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "An ML.NET model.zip that holds a ConvScope network." };
        var images = new Argument<string[]>("images") { Description = "Image files: PNG, JPEG, WebP, BMP or GIF. They are scaled to the network's size, and made grey for one channel.", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new Command("predict", """
            Runs a saved model on image files and prints the three most probable classes of each, or the number that a regression predicts.

            Example:
              convscope predict artifacts/reports/mnist-lenet5/model.zip digit.png
            """) { model, images, json };
        command.SetWork(async (result, _) =>
        {
            var context = new MLContext();
            var path = result.GetValue(model)!;
            if (!File.Exists(path))
                throw new FileNotFoundException($"There is no model '{path}'.", path);
            var loaded = Load(context, path);
            using var network = (loaded as IEnumerable<ITransformer> ?? [loaded]).OfType<ConvNetTransformer>().LastOrDefault() ?? throw new InvalidDataException($"'{path}' holds no ConvScope network.");
            var files = result.GetValue(images)!;
            var scored = network.FeatureColumnType is TextDataViewType ? ScorePaths(context, network, files) : Score(context, network, [.. files.Select(file => Pixels(file, network))]);
            var answers = files.Zip(Predictions(network, scored), (file, prediction) => prediction with { Image = file }).ToList();
            foreach (var line in result.GetValue(json) ? [JsonSerializer.Serialize(answers, JsonSerializerOptions.Web)] : answers.Select(Line))
                await result.InvocationConfiguration.Output.WriteLineAsync(line).ConfigureAwait(false);
        });
        return command;
    }

    private static ITransformer Load(MLContext context, string path)
    {
        try
        {
            return context.Model.Load(path, out var _);
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException or InvalidOperationException
            or ArgumentException or TargetInvocationException && Failure.Cause(exception) is not TorchLoadException)
        {
            var reason = Failure.Cause(exception); // ML.NET calls our reader by reflection
            throw new DamagedFileException(path, $"'{path}' is no ML.NET model that can be read: {reason.Message}", exception);
        }
    }

    private static string Line(Answer answer) => answer.Value is { } value
        ? string.Create(CultureInfo.InvariantCulture, $"{answer.Image}: {value:G6}")
        : $"{answer.Image}: {string.Join(", ", answer.Candidates!.Select(candidate => string.Create(CultureInfo.InvariantCulture, $"{candidate.Class} {candidate.Probability:P2}")))}";

    /// <summary>As in the training: the model decodes the files itself.</summary>
    private static IDataView ScorePaths(MLContext context, ConvNetTransformer network, string[] files)
    {
        var schema = SchemaDefinition.Create(typeof(ImageFile));
        schema[nameof(ImageFile.Path)].ColumnName = network.FeatureColumnName;
        return network.Transform(context.Data.LoadFromEnumerable(files.Select(file => new ImageFile { Path = file }), schema));
    }

    private static IEnumerable<Answer> Predictions(ConvNetTransformer network, IDataView scored) => network.Model.Network.Task switch
    {
        RegressionTask => scored.GetColumn<float>(network.ScoreColumnName).Select(value => new Answer("", null, value)),
        BinaryTask => scored.GetColumn<float>(network.ProbabilityColumnName!).Select(yes => Best(network, [1 - yes, yes])),
        _ => scored.GetColumn<float[]>(network.ScoreColumnName).Select(scores => Best(network, scores)),
    };

    private static Answer Best(ConvNetTransformer network, float[] probabilities) =>
        new("", [.. probabilities.Select((probability, index) => new Candidate(network.Model.ClassNames[index], probability)).OrderByDescending(candidate => candidate.Probability).Take(Shown)], null);

    private static IDataView Score(MLContext context, ConvNetTransformer network, List<float[]> pixels)
    {
        var isByte = ((VectorDataViewType)network.FeatureColumnType).ItemType.RawType == typeof(byte);
        var schema = SchemaDefinition.Create(isByte ? typeof(Bytes) : typeof(Floats));
        var column = schema[nameof(Bytes.Pixels)];
        (column.ColumnName, column.ColumnType) = (network.FeatureColumnName, network.FeatureColumnType);
        var view = isByte
            ? context.Data.LoadFromEnumerable(pixels.Select(image => new Bytes { Pixels = [.. image.Select(value => (byte)value)] }), schema)
            : context.Data.LoadFromEnumerable(pixels.Select(image => new Floats { Pixels = image }), schema);
        return network.Transform(view);
    }

    /// <summary>An image file as raw pixels 0 to 255 in the network's size, channel after channel.</summary>
    private static float[] Pixels(string file, ConvNetTransformer network)
    {
        var shape = network.Model.Network.Input;
        using var decoded = File.Exists(file) ? SKBitmap.Decode(file) : throw new FileNotFoundException($"There is no image '{file}'.", file);
        using var scaled = decoded?.Resize(new SKImageInfo(shape.Width, shape.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul), SKFilterQuality.High)
            ?? throw new DamagedFileException(file, $"'{file}' is no image that can be read.");
        if (shape.Channels is not (1 or 3))
            throw new NotSupportedException($"The network takes {shape.Channels} channels; image files have 1 or 3.");
        var pixels = scaled.Pixels;
        return shape.Channels == 1
            ? [.. pixels.Select(pixel => MathF.Round(0.299f * pixel.Red + 0.587f * pixel.Green + 0.114f * pixel.Blue))] // ITU-R BT.601
            : [.. pixels.Select(pixel => (float)pixel.Red), .. pixels.Select(pixel => (float)pixel.Green), .. pixels.Select(pixel => (float)pixel.Blue)];
    }

    private sealed record Candidate(string Class, float Probability);

    private sealed record Answer(
        string Image,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Candidate>? Candidates,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Value);

    private sealed class ImageFile
    {
        public string Path { get; set; } = "";
    }

    private sealed class Bytes
    {
        public byte[] Pixels { get; set; } = [];
    }

    private sealed class Floats
    {
        public float[] Pixels { get; set; } = [];
    }
}
