using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Comparison;

namespace ConvScope.Reporting.Tests.Comparison;

public sealed class LinearCkaTests
{
    private static readonly ComparisonOptions _activations = new() { Activations = true };

    [Test]
    public void Compare_LayersOfDifferentWidths_EqualsTheFormulaOverFeatures()
    {
        NamedArray first = TensorComparisonTests.Random("9x4", 1), second = TensorComparisonTests.Random("9x2x3", 2);
        double[][] x = Centred(first), y = Centred(second);
        var expected = Squares(x, y) / Math.Sqrt(Squares(x, x) * Squares(y, y));
        Assert.That(TensorComparison.Compare(first, second, _activations).Cka, Is.EqualTo(expected).Within(1e-10));
    }

    [Test]
    public void Compare_TurnedScaledAndShifted_IsOne()
    {
        var first = TensorComparisonTests.Random("20x2", 1);
        var turned = first with { Values = [.. first.Values.Chunk(2).SelectMany(row => new[] { 3 * (0.6f * row[0] - 0.8f * row[1]) + 5, 3 * (0.8f * row[0] + 0.6f * row[1]) })] };
        Assert.That(TensorComparison.Compare(first, turned, _activations).Cka, Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void Compare_OtherImagesOrConstantOutputs_SaysWhyItIsNotDefined()
    {
        var first = TensorComparisonTests.Random("9x4", 1);
        var others = TensorComparison.Compare(first, TensorComparisonTests.Random("8x4", 1), _activations);
        Assert.That(others.Cka, Is.Null);
        Assert.That(others.Notes[0], Is.EqualTo("CKA needs two layers' outputs for the same images, at least two, along the first axis."));
        var constant = TensorComparison.Compare(first, first with { Values = new float[36] }, _activations);
        Assert.That(constant.Notes[0], Is.EqualTo("CKA is not defined where a layer gives the same for all images."));
    }

    /// <summary>Columns of centred features.</summary>
    private static double[][] Centred(NamedArray array)
    {
        var images = (int)array.Shape[0];
        var features = array.Values.Length / images;
        return [.. Enumerable.Range(0, features).Select(feature =>
        {
            double[] column = [.. Enumerable.Range(0, images).Select(image => (double)array.Values[image * features + feature])];
            return column.Select(value => value - column.Average()).ToArray();
        })];
    }

    /// <summary>‖YᵀX‖² in Frobenius' norm.</summary>
    private static double Squares(double[][] x, double[][] y) => x.Sum(one => y.Sum(two => Math.Pow(TensorComparisonTests.Dot(one, two), 2)));
}
