using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Training.Images;

/// <summary>Draws the images of an epoch by their chances, with replacement. The order depends on the generator alone, and not on the device.</summary>
internal sealed class DrawnOrder
{
    private readonly double[] _ends; // running sum of the chances

    private DrawnOrder(IEnumerable<double> chances)
    {
        var sum = 0.0;
        _ends = [.. chances.Select(chance => sum += chance)];
    }

    /// <summary>What the options ask for; null for each image once.</summary>
    /// <exception cref="ArgumentException">There are no weights, or no classes.</exception>
    public static DrawnOrder? Of(Sampling sampling, TrainingImages train) => sampling switch
    {
        Sampling.EachOnce => null,
        Sampling.ByWeight => new((train.Weights ?? throw new ArgumentException("Images cannot be drawn by weight: the training set has no weights.")).Select(weight => (double)weight)),
        _ => Balanced(train),
    };

    /// <summary>The rows of the next epoch.</summary>
    /// <param name="generator">Gives the seed of the epoch.</param>
    public int[] Next(Generator generator)
    {
        using var drawn = randint(int.MaxValue, [1], ScalarType.Int64, CPU, generator: generator);
        var random = new Random((int)drawn.item<long>());
        return [.. _ends.Select(_ => Row(random.NextDouble() * _ends[^1]))];
    }

    private static DrawnOrder Balanced(TrainingImages train)
    {
        using var scope = NewDisposeScope();
        var labels = train.AllLabels();
        if (labels.dtype != ScalarType.Int64)
            throw new ArgumentException("Images cannot be drawn class by class: a regression has no classes.");
        var classes = labels.cpu().data<long>().ToArray();
        var counts = classes.CountBy(label => label).ToDictionary();
        return new DrawnOrder(classes.Select(label => 1.0 / counts[label]));
    }

    /// <summary>The first image whose end lies above a number; one without a chance has no room.</summary>
    private int Row(double at)
    {
        var (low, high) = (0, _ends.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _ends[middle] > at ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
