using ConvScope.Training;
using ConvScope.Training.Optimization;

namespace ConvScope.ML.Tests;

/// <summary>The images of <see cref="ToySquares"/> as rows: with the answer whether the square is bright, or with its place.</summary>
internal sealed class ToySquare
{
    [VectorType(64)]
    public float[] Features { get; set; } = [];

    public string Word { get; set; } = "";

    public bool Bright { get; set; }

    public float Middle { get; set; }

    public static ConvNetOptions BinaryOptions { get; } = new()
    {
        LabelColumnName = nameof(Bright),
        Network = ToySquares.Network,
        Training = new TrainingOptions { Epochs = 10, BatchSize = 8, LearningRate = 0.03 },
    };

    public static ConvNetOptions RegressionOptions { get; } = new()
    {
        LabelColumnName = nameof(Middle),
        Network = ToySquares.Network,
        Training = new TrainingOptions { Epochs = 12, BatchSize = 8, LearningRate = 0.01, Optimizer = new AdamOptimizer() },
    };

    public static IReadOnlyList<ToySquare> Rows(int count, int seed = 1)
    {
        var pixels = ToySquares.Pixels(count, seed, out var isBright, out var middles);
        return [.. Enumerable.Range(0, count).Select(row => new ToySquare { Features = [.. pixels.AsSpan(row * 64, 64).ToArray().Select(value => (float)value)], Word = $"row {row}", Bright = isBright[row], Middle = middles[row] })];
    }

    public static IDataView View(MLContext context, int count = 80, int seed = 1) => context.Data.LoadFromEnumerable(Rows(count, seed));

    public static ConvNetTransformer FitBinary(MLContext context, ConvNetOptions? options = null) => context.BinaryClassification.Trainers.ConvNet(options ?? BinaryOptions).Fit(View(context));

    public static ConvNetTransformer FitRegression(MLContext context, ConvNetOptions? options = null) => context.Regression.Trainers.ConvNet(options ?? RegressionOptions).Fit(View(context));
}
