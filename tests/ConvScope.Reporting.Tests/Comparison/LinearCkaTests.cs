using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Comparison;

namespace ConvScope.Reporting.Tests.Comparison;

public sealed class LinearCkaTests
{
    private static readonly ComparisonOptions _activations = new() { Activations = true };

    [Test]
    public void Dependence_FewImages_IsTheMeanOverFourDifferentOnes()
    {
        const int Images = 7;
        double[] one = LinearCka.InnerProducts(TensorComparisonTests.Random("7x4", 1).Values, Images), two = LinearCka.InnerProducts(TensorComparisonTests.Random("7x2x3", 2).Values, Images);
        double K(int i, int j) => one[i * Images + j];
        double L(int i, int j) => two[i * Images + j];
        var all = Enumerable.Range(0, Images).ToArray();
        var expected = (from i in all from j in all from q in all from r in all where new[] { i, j, q, r }.Distinct().Count() == 4 select K(i, j) * (L(i, j) + L(q, r) - 2 * L(i, q))).Average();
        Assert.That(LinearCka.Dependence(one, two, Images), Is.EqualTo(expected).Within(1e-12), "Song 2012, eq. 4");
    }

    [Test]
    public void Compare_IndependentNoise_IsAboutZeroThoughFeaturesAreMany()
    {
        NamedArray first = TensorComparisonTests.Random("256x6x14x14", 1), second = TensorComparisonTests.Random("256x6x14x14", 2);
        Assert.That(TensorComparison.Compare(first, second, _activations).Cka, Is.EqualTo(0).Within(0.02), "the plain estimator gives 0.8");
    }

    [Test]
    public void Compare_TurnedScaledAndShifted_IsOne()
    {
        var first = TensorComparisonTests.Random("256x2", 1);
        var turned = first with { Values = [.. first.Values.Chunk(2).SelectMany(row => new[] { 3 * (0.6f * row[0] - 0.8f * row[1]) + 5, 3 * (0.8f * row[0] + 0.6f * row[1]) })] };
        Assert.That(TensorComparison.Compare(first, turned, _activations).Cka, Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void Compare_FewOrOtherImagesOrConstantOutputs_SaysWhyThereIsNoNumber()
    {
        var four = TensorComparisonTests.Random("4x6", 1);
        var few = TensorComparison.Compare(four, four, _activations);
        Assert.That((few.Cka, few.Notes[0]), Is.EqualTo(((double?)null, "CKA is computed over at least 256 images; there are 4, of which it would say nothing.")));
        Assert.That(TensorComparison.Compare(four, TensorComparisonTests.Random("8x6", 1), _activations).Notes[0], Is.EqualTo("CKA needs two layers' outputs for the same images along the first axis."));
        var constant = TensorComparisonTests.Random("256x2", 1) with { Values = new float[512] };
        Assert.That(TensorComparison.Compare(constant, constant, _activations).Notes[0], Is.EqualTo("CKA is not defined where a layer gives the same for all images."));
    }
}
