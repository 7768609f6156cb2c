using ConvScope.Datasets;
using ConvScope.Datasets.Decoding;
using ConvScope.Datasets.Files;
using ConvScope.ML;
using ConvScope.Records.Networks.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ConvScope.Tool;

/// <summary>What a model says of image files, in their order: some are decoded, as in the training, and scored at once. One that cannot be read costs its own answer alone.</summary>
internal sealed class ImagePredictions(MLContext context, ConvNetTransformer network, ImageDecoding decoding)
{
    private const int AtOnce = 32, Shown = 3;

    /// <summary>The answers; each is computed where it is asked for.</summary>
    /// <param name="files">Paths of image files, of which some may be members of archives.</param>
    /// <param name="cancellation">Ends the work between two groups of images.</param>
    public IEnumerable<ImageAnswer> Answers(IEnumerable<string> files, CancellationToken cancellation)
    {
        var shape = network.Model.Network.Input;
        var decoder = new ImageDecoder(decoding, shape.Channels, shape.Height, shape.Width);
        using var paths = new PathFiles();
        byte[] content = [];
        foreach (var group in files.Chunk(AtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            var images = new List<Pixels>();
            var reasons = new string?[group.Length];
            for (var i = 0; i < group.Length; i++)
            {
                var pixels = new byte[decoder.Size];
                reasons[i] = paths.Read(group[i], ref content, out var length) ?? decoder.Decode(content.AsSpan(0, length), pixels);
                if (reasons[i] is null)
                    images.Add(new Pixels { Values = pixels });
            }

            var scored = new Queue<ImageAnswer>(images.Count == 0 ? [] : Score(images));
            for (var i = 0; i < group.Length; i++)
                yield return reasons[i] is { } reason ? new ImageAnswer(group[i], Error: $"cannot be decoded: {reason}") : scored.Dequeue() with { Image = group[i] };
        }
    }

    /// <summary>Raw pixels do for every model: one of paths or of floats computes the same from them.</summary>
    private IEnumerable<ImageAnswer> Score(List<Pixels> images)
    {
        var schema = SchemaDefinition.Create(typeof(Pixels));
        var column = schema[nameof(Pixels.Values)];
        (column.ColumnName, column.ColumnType) = (network.FeatureColumnName, new VectorDataViewType(NumberDataViewType.Byte, network.Model.Network.Input.Count));
        var scored = network.Transform(context.Data.LoadFromEnumerable(images, schema));
        return network.Model.Network.Task switch
        {
            RegressionTask => scored.GetColumn<float>(network.ScoreColumnName).Select(value => float.IsFinite(value) ? new ImageAnswer("", Value: value) : NotFinite),
            BinaryTask => scored.GetColumn<float>(network.ProbabilityColumnName!).Select(yes => Best([1 - yes, yes])),
            _ => scored.GetColumn<float[]>(network.ScoreColumnName).Select(Best),
        };
    }

    private static ImageAnswer NotFinite => new("", Error: "has no answer: what the network computes of it is not finite");

    private ImageAnswer Best(float[] probabilities) => !probabilities.All(float.IsFinite) ? NotFinite : new("", [.. probabilities
        .Select((probability, index) => new ImageAnswer.Candidate(network.Model.ClassNames[index], probability)).OrderByDescending(candidate => candidate.Probability).Take(Shown)]);

    private sealed class Pixels
    {
        public byte[] Values { get; set; } = [];
    }
}
