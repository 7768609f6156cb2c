using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Native;
using ConvScope.Records.Files;
using Microsoft.ML;

namespace ConvScope.Tool;

/// <summary><c>convscope predict MODEL IMAGE...</c>: what a saved model says of image files: classes, or a number.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "An ML.NET model.zip that holds a ConvScope network." };
        var images = new Argument<string[]>("images")
        {
            Description = "Image files: PNG, JPEG, WebP, BMP or GIF. They are turned as EXIF says, scaled and cropped to the network's size as in the training, and made grey for one channel.",
            Arity = ArgumentArity.OneOrMore,
        };
        var background = new Option<RgbColor?>("--background")
        {
            Description = "The colour behind transparent pixels: black, white, or #rrggbb; without it that of the training.",
            CustomParser = ColorOption.Read,
        };
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new Command("predict", """
            Runs a saved model on image files and prints the three most probable classes of each, or the number that a regression predicts.
            An image that cannot be read is named with its reason; the others have their answers, and the exit status is 1.

            Example:
              convscope predict artifacts/reports/mnist-lenet5/model.zip digit.png
            """) { model, images, background, json };
        command.SetWork(async (result, cancellation) =>
        {
            var context = new MLContext();
            var path = result.GetValue(model)!;
            if (!File.Exists(path))
                throw new FileNotFoundException($"There is no model '{path}'.", path);
            var loaded = Load(context, path);
            using var network = (loaded as IEnumerable<ITransformer> ?? [loaded]).OfType<ConvNetTransformer>().LastOrDefault() ?? throw new InvalidDataException($"'{path}' holds no ConvScope network.");
            var decoding = network.Model.Decoding with { Background = result.GetValue(background) ?? network.Model.Decoding.Background };
            var answers = new ImagePredictions(context, network, decoding).Answers(result.GetValue(images)!, cancellation);
            return result.GetValue(json) ? await WriteJson(result, [.. answers]).ConfigureAwait(false) : await WriteLines(result, answers).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> WriteLines(ParseResult result, IEnumerable<ImageAnswer> answers)
    {
        var status = 0;
        foreach (var answer in answers)
        {
            if (answer.Error is null)
            {
                await result.InvocationConfiguration.Output.WriteLineAsync(answer.ToString()).ConfigureAwait(false);
                continue;
            }

            await result.InvocationConfiguration.Error.WriteLineAsync($"convscope: {answer}").ConfigureAwait(false);
            status = 1;
        }

        return status;
    }

    private static async Task<int> WriteJson(ParseResult result, List<ImageAnswer> answers)
    {
        await result.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(answers, JsonSerializerOptions.Web)).ConfigureAwait(false);
        var bad = answers.Where(answer => answer.Error is not null).ToList();
        foreach (var answer in bad)
            await result.InvocationConfiguration.Error.WriteLineAsync($"convscope: {answer}").ConfigureAwait(false);
        return bad.Count > 0 ? 1 : 0;
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
}
