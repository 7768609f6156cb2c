using ConvScope.Attribution;
using ConvScope.Measuring;
using ConvScope.Networks;
using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Inspection;

/// <summary>Some images that were classified wrong and some that were classified right, with the pixels by which the network decided: what an attribution snapshot holds.</summary>
internal sealed class AttributionSamples : IDisposable
{
    /// <summary>Most images of each kind.</summary>
    public const int Most = 6;

    /// <summary>Images of a set among which some are chosen.</summary>
    public const int MostCandidates = 128;

    /// <summary>Points of a deletion or insertion curve beside its start.</summary>
    public const int ScorePoints = 10;

    private const int IntegralSteps = 12;
    private const int Windows = 225; // of an occlusion, about: an eighth of a side, half a window apart
    private const long ValuesAtOnce = 1 << 21; // of the candidates that are run at once, so that large images take no more memory than a batch

    private (Tensor Images, Tensor Labels)? _mistakes;

    /// <summary>Keeps mistakes in place of those that were kept before.</summary>
    /// <param name="images">Images, <c>[M, C, H, W]</c>.</param>
    /// <param name="mistakes">What is known of them, the worst first.</param>
    public void Keep(Tensor images, IReadOnlyList<Mistake> mistakes)
    {
        Dispose();
        var labels = tensor(mistakes.Select(mistake => (long)mistake.Label).ToArray(), device: images.device);
        _mistakes = (images.narrow(0, 0, mistakes.Count).detach().clone().DetachFromDisposeScope(), labels.DetachFromDisposeScope());
    }

    /// <summary>Attributes the predicted class of images that the network gets wrong now, those that were kept first, and of some that it gets right, of as many classes as there are.</summary>
    /// <param name="network">The network.</param>
    /// <param name="visits">How it is called.</param>
    /// <param name="task">What its outputs mean; there are samples only of classes.</param>
    /// <param name="images">More images to choose from, <c>[N, C, H, W]</c>; null for none.</param>
    /// <param name="labels">Their class indices, <c>[N]</c>.</param>
    /// <param name="thorough">Whether occlusion is wanted too, which costs some hundred forward passes.</param>
    /// <param name="leftOut">Keeps a method that cannot be computed for this network from the others.</param>
    /// <param name="most">Most images of each kind.</param>
    /// <returns>
    /// <c>images</c>, <c>label</c>, <c>predicted</c> and <c>probability</c>, the wrong ones first, and a method's <c>map.</c>,
    /// <c>deletion.</c> and <c>insertion.</c>; empty where there is no image or no method.
    /// </returns>
    public IReadOnlyList<NamedArray> Read(
        nn.Module<Tensor, Tensor> network, NetworkVisits visits, LearningTask task, Tensor? images, Tensor? labels, bool thorough, LeftOut leftOut, int most = Most)
    {
        using var scope = NewDisposeScope();
        using var visit = visits.Open();
        using var tracking = set_grad_enabled(!visits.IsKnown);
        List<(Tensor Images, Tensor Labels)> parts = [.. new[] { _mistakes, First(images, labels) }.OfType<(Tensor, Tensor)>()];
        if (parts.Count == 0 || !task.HasClasses)
            return [];
        Choose(network, task, cat([.. parts.Select(part => part.Images)]), cat([.. parts.Select(part => part.Labels)]), most, out var shown, out var expected);
        var (probability, predicted) = task.ClassLogits(network.call(shown))!.softmax(1).max(1);
        var maps = new List<NamedArray>();
        foreach (var method in Methods(network, thorough))
        {
            maps.AddRange(leftOut.Try($"the attribution by {method.Name}", () =>
            {
                var map = method.Attribute(network, task, shown, predicted);
                return [ModuleState.Copy(SnapshotArrays.Map + method.Name, map), .. Scores(network, task, shown, predicted, method.Name, map)];
            }, Array.Empty<NamedArray>()));
        }

        if (maps.Count == 0)
            return [];
        using var generator = new Generator(1);
        var inRandomOrder = rand([shown.shape[0], shown.shape[2], shown.shape[3]], device: CPU, generator: generator).to(shown.device);
        return
        [
            ModuleState.Copy(SnapshotArrays.Images, shown),
            Column(SnapshotArrays.Label, expected),
            Column(SnapshotArrays.Predicted, predicted),
            ModuleState.Copy(SnapshotArrays.Probability, probability),
            .. maps,
            .. Scores(network, task, shown, predicted, SnapshotArrays.RandomOrder, inRandomOrder),
        ];
    }

    /// <summary>How many images <see cref="Read"/> runs through the network, about, a backward pass counted as two.</summary>
    /// <param name="most">Most images of each kind.</param>
    /// <param name="thorough">Whether occlusion is wanted too.</param>
    public static double Passes(int most, bool thorough)
    {
        const int Curves = 2 * (ScorePoints + 1), Gradient = 3;
        return MostCandidates + 2.0 * most * (1 + Gradient + Curves + IntegralSteps * Gradient + Curves + Curves + (thorough ? Windows + Curves : 0));
    }

    public void Dispose()
    {
        _mistakes?.Images.Dispose();
        _mistakes?.Labels.Dispose();
        _mistakes = null;
    }

    private static IEnumerable<AttributionMethod> Methods(nn.Module<Tensor, Tensor> network, bool thorough)
    {
        if (network is SpecNetwork { Spec: var spec } && ObservedNetwork.HasMaps(spec))
            yield return new GradCam();
        yield return new IntegratedGradients { Steps = IntegralSteps, Tolerance = double.PositiveInfinity };
        if (thorough)
            yield return new Occlusion();
    }

    private static (Tensor Images, Tensor Labels)? First(Tensor? images, Tensor? labels)
    {
        if (images is null || labels is null || images.dim() != 4)
            return null;
        var size = Math.Min(images.shape[0], MostCandidates);
        (images, labels) = (images.narrow(0, 0, size), labels.narrow(0, 0, size));
        var rows = labels.ge(0).nonzero().reshape(-1); // those that have a class
        return rows.NumberOfElements == size ? (images, labels) : rows.NumberOfElements == 0 ? null : (images.index_select(0, rows), labels.index_select(0, rows));
    }

    /// <summary>Images that are classified wrong as they come, then those that are right: one of each class, then more.</summary>
    private static void Choose(nn.Module<Tensor, Tensor> network, LearningTask task, Tensor images, Tensor labels, int most, out Tensor shown, out Tensor expected)
    {
        var isRight = Predicted(network, task, images).eq(labels).cpu().data<bool>().ToArray();
        var classes = labels.cpu().data<long>().ToArray();
        var rows = Enumerable.Range(0, isRight.Length).ToArray();
        int[] right = [.. rows.Where(row => isRight[row])];
        long[] chosen = [.. rows.Where(row => !isRight[row]).Take(most).Concat(right.DistinctBy(row => classes[row]).Concat(right).Distinct().Take(most)).Select(row => (long)row)];
        var indices = tensor(chosen, device: images.device);
        (shown, expected) = (images.index_select(0, indices), labels.index_select(0, indices));
    }

    private static Tensor Predicted(nn.Module<Tensor, Tensor> network, LearningTask task, Tensor images)
    {
        var atOnce = Math.Clamp(ValuesAtOnce * images.shape[0] / images.NumberOfElements, 1, images.shape[0]);
        return atOnce == images.shape[0] ? task.ClassLogits(network.call(images))!.argmax(1) : cat([.. images.split(atOnce).Select(Part)]);

        Tensor Part(Tensor some)
        {
            using var scope = NewDisposeScope();
            return task.ClassLogits(network.call(some))!.argmax(1).MoveToOuterDisposeScope();
        }
    }

    private static NamedArray[] Scores(
        nn.Module<Tensor, Tensor> network, LearningTask task, Tensor shown, Tensor predicted, string name, Tensor map)
    {
        var scores = Faithfulness.Measure(network, task, shown, predicted, map, ScorePoints);
        return
        [
            new NamedArray(SnapshotArrays.Deletion + name, [scores.Count], [.. scores.Select(score => (float)score.Deletion)]),
            new NamedArray(SnapshotArrays.Insertion + name, [scores.Count], [.. scores.Select(score => (float)score.Insertion)]),
        ];
    }

    private static NamedArray Column(string name, Tensor values) => ModuleState.Copy(name, values.to(ScalarType.Float32));
}
