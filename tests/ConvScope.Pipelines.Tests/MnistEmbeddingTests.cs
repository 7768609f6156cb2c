namespace ConvScope.Pipelines.Tests;

internal sealed class MnistEmbeddingTests
{
    [Test]
    public void Run_ThenLoadedInAFreshProcess_PredictsTheSame()
    {
        using var folder = new TemporaryFolder();
        var trained = RunningPipeline.Run("mnist-embedding.cs", "--rows", "4000", "--model", folder.File("none"), "--out", folder.File("embedding"));
        var loaded = RunningPipeline.Run("mnist-embedding.cs", "--load", Path.Combine(folder.File("embedding"), "model.zip"));
        var numbers = Line(trained, "Odd or even, trained: ");
        Assert.That(Line(loaded, "Odd or even, loaded: "), Is.EqualTo(numbers));
        Assert.That(double.Parse(numbers.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThan(85), $"chance is 51 %: {trained}");
        Assert.That(double.Parse(Line(trained, "k-means, 10 clusters: purity ").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThan(40), $"chance is 11 %: {trained}");
    }

    private static string Line(string output, string start) =>
        output.Split(Environment.NewLine).SingleOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..] ?? throw new AssertionException(output);
}
