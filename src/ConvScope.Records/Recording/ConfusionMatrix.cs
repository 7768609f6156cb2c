namespace ConvScope.Records.Recording;

/// <summary>How often images of each class were taken for each class.</summary>
public sealed class ConfusionMatrix
{
    /// <summary>Most classes for which a training counts confusions: the matrix has the square of their number.</summary>
    public const int MostClasses = 256;

    private readonly long[] _counts;

    /// <summary>Makes a matrix of counts.</summary>
    /// <param name="classCount">Number of classes <c>K</c>, at least 1.</param>
    /// <param name="counts"><c>K × K</c> counts, row after row: row is the true class, column the predicted one. Not changed afterwards.</param>
    /// <exception cref="ArgumentException">The counts are not <c>K × K</c>.</exception>
    public ConfusionMatrix(int classCount, long[] counts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Length != classCount * classCount)
            throw new ArgumentException($"{classCount} classes need {classCount * classCount} counts; there are {counts.Length}.", nameof(counts));
        ClassCount = classCount;
        _counts = counts;
    }

    /// <summary>Number of classes <c>K</c>.</summary>
    public int ClassCount { get; }

    /// <summary>All counts, row after row.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Images of one class that were taken for another, or for itself.</summary>
    /// <param name="actual">The true class, from 0.</param>
    /// <param name="predicted">The predicted class, from 0.</param>
    public long this[int actual, int predicted] => _counts[actual * ClassCount + predicted];

    /// <summary>Number of images of a class.</summary>
    public long Total(int actual) => _counts.AsSpan(actual * ClassCount, ClassCount).ToArray().Sum();

    /// <summary>Share of a class's images that were classified right (its recall), 0 to 1; NaN for a class without images.</summary>
    public double Accuracy(int actual) => Total(actual) is > 0 and var total ? (double)this[actual, actual] / total : double.NaN;
}
