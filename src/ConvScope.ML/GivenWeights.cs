using System.IO.Compression;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;

namespace ConvScope.ML;

/// <summary>Weights to begin with, out of what people have: a checkpoint, or a model that was saved.</summary>
internal sealed class GivenWeights : IDisposable
{
    private readonly IDisposable _source;

    private GivenWeights(NamedWeights weights, IDisposable source) => (Weights, _source) = (weights, source);

    /// <summary>The weights.</summary>
    public NamedWeights Weights { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">A checkpoint, or a model.</param>
    /// <param name="allowedCalls">Calls that a checkpoint may ask Python for.</param>
    /// <exception cref="DamagedFileException">It is no checkpoint, or would call what is not allowed.</exception>
    /// <exception cref="InvalidDataException">It is a model without a network of ConvScope.</exception>
    public static GivenWeights Open(string path, IReadOnlyList<string>? allowedCalls)
    {
        if (!IsModel(path))
        {
            var weights = Checkpoint.Open(path);
            try
            {
                weights.RefuseCalls(allowedCalls);
                return new GivenWeights(weights.Named(weights.Tensors), weights);
            }
            catch
            {
                weights.Dispose();
                throw;
            }
        }

        var model = new MLContext().Model.Load(path, out _);
        var network = (model as IEnumerable<ITransformer> ?? [model]).OfType<ConvNetTransformer>().LastOrDefault();
        if (network is not null)
            return new GivenWeights(new NamedWeights(network.Model.Weights), network);
        (model as IDisposable)?.Dispose();
        throw new InvalidDataException($"'{path}' is a model of ML.NET without a network of ConvScope.");
    }

    public void Dispose() => _source.Dispose();

    /// <summary>Whether a file is what <c>mlContext.Model.Save</c> writes; a checkpoint of PyTorch is a zip archive too.</summary>
    private static bool IsModel(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            return archive.Entries.All(entry => entry.Name != "TSModel") // of Microsoft.ML.TorchSharp, whose weights are read without it
                && archive.Entries.Any(entry => entry.FullName.StartsWith("TransformerChain", StringComparison.Ordinal) || entry.Name == "Model.key");
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
