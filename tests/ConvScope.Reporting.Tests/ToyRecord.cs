using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;

namespace ConvScope.Reporting.Tests;

/// <summary>A small record of a run that never was: two layers, three epochs of ten steps.</summary>
internal static class ToyRecord
{
    /// <summary>The parameters of the last snapshot: kernels, a bias, a matrix.</summary>
    public static IReadOnlyList<NamedArray> Parameters { get; } = [Random("conv.weight", 4, 2, 3, 3), Random("conv.bias", 4), Random("fc.weight", 3, 8)];

    /// <summary>Writes it.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="parameters">Of the last snapshot; null for no snapshot at all.</param>
    /// <param name="loss">Loss at a step; null for no readings at all.</param>
    /// <param name="augmented">Arrays of an augmentation snapshot; null for none.</param>
    public static void Write(string folder, IReadOnlyList<NamedArray>? parameters, Func<int, double>? loss, IReadOnlyList<NamedArray>? augmented = null)
    {
        Exception? failure = null;
        using (var writer = new RunRecordWriter(folder, new Dictionary<string, string>(), exception => failure = exception))
        {
            for (var step = 0; step < 30 && loss is not null; step++)
                writer.Append(new StepReadings(step, step / 10 + 1, step, Readings(step, loss(step))));
            if (augmented is not null)
                writer.AppendSnapshot(0, 1, SnapshotKind.Augmentation, augmented);
            if (parameters is not null)
            {
                writer.AppendSnapshot(0, 0, SnapshotKind.Weights, [Random("not.the.last", 2, 2)]);
                writer.AppendSnapshot(30, 3, SnapshotKind.Weights, parameters);
            }
        }

        Assert.That(failure, Is.Null);
    }

    /// <summary>The same values every time.</summary>
    public static NamedArray Random(string name, params long[] shape)
    {
        var random = new Random(name.Length);
        return new NamedArray(name, shape, [.. Enumerable.Range(0, (int)shape.Aggregate((product, length) => product * length)).Select(_ => random.NextSingle() - 0.5f)]);
    }

    private static List<(Series, double)> Readings(int step, double loss)
    {
        List<(Series, double)> readings = [(new Series(QuantityNames.Loss, "", "nats"), loss)];
        foreach (var target in new[] { "conv.weight", "conv.bias", "fc.weight" })
            readings.Add((new Series(QuantityNames.GradientNorm, target, "1"), loss * target.Length));
        if (step % 10 == 9)
        {
            readings.Add((new Series(QuantityNames.TrainLoss, "", "nats"), loss));
            readings.Add((new Series(QuantityNames.TrainAccuracy, "", "fraction"), step / 30.0));
            readings.Add((new Series(QuantityNames.ValidationLoss, "", "nats"), loss));
            readings.Add((new Series(QuantityNames.ValidationAccuracy, "", "fraction"), step / 40.0));
        }

        return readings;
    }
}
