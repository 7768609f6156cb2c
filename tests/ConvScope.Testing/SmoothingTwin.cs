using ConvScope.Records.Recording;

namespace ConvScope;

/// <summary>The smoother of curves with plain arrays and without a recurrence: the weight of every reading at every later one.</summary>
public static class SmoothingTwin
{
    /// <summary>Smooths readings that are all finite.</summary>
    public static double[] Of(IReadOnlyList<Reading> readings, double factor)
    {
        var unit = (double)(readings[^1].Step - readings[0].Step) / (readings.Count - 1);
        double Kept(int index) => Math.Pow(factor, index == 0 ? 1 : (readings[index].Step - readings[index - 1].Step) / unit);
        return [.. readings.Select((_, at) =>
        {
            double sum = 0, weights = 0;
            for (var from = 0; from <= at; from++)
            {
                var weight = 1 - Kept(from);
                for (var later = from + 1; later <= at; later++)
                    weight *= Kept(later);
                (sum, weights) = (sum + weight * readings[from].Value, weights + weight);
            }

            return sum / weights;
        })];
    }
}
