using System.Numerics.Tensors;
using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Comparison;

/// <summary>
/// Linear centred kernel alignment of two layers' outputs for the same images, debiased: HSIC₁(K, L) / √(HSIC₁(K, K) HSIC₁(L, L)) with K and L the images' inner products. 1 where one is the other
/// turned and scaled, about 0 for layers that have nothing to do with each other; the plain estimator gives those nearly 1 where images are few and features many.
/// Sources: Kornblith et al., "Similarity of Neural Network Representations Revisited", 2019, eq. 5; Song et al., "Feature Selection via Dependence Maximization", 2012, eq. 5.
/// </summary>
internal static class LinearCka
{
    /// <summary>Fewest images of which a number is given: of fewer it says little.</summary>
    public const int FewestImages = 256;

    /// <summary>Most images; their inner products have the square of their number.</summary>
    public const int MostImages = 2048;

    public static double? Measure(NamedArray first, NamedArray second, List<string> notes)
    {
        var images = first.Shape.Count == 0 ? 0 : first.Shape[0];
        if (second.Shape.Count == 0 || second.Shape[0] != images)
            return Undefined(notes, "CKA needs two layers' outputs for the same images along the first axis.");
        if (images < FewestImages)
            return Undefined(notes, FormattableString.Invariant($"CKA is computed over at least {FewestImages} images; there are {images}, of which it would say nothing."));
        if (images > MostImages)
            return Undefined(notes, FormattableString.Invariant($"CKA is computed for at most {MostImages:N0} images; there are {images:N0}."));
        if (!Array.TrueForAll(first.Values, float.IsFinite) || !Array.TrueForAll(second.Values, float.IsFinite))
            return Undefined(notes, "CKA is not defined where an output is no finite number.");
        double[] one = InnerProducts(first.Values, (int)images), two = InnerProducts(second.Values, (int)images);
        double own = Dependence(one, one, (int)images), other = Dependence(two, two, (int)images);
        return own > 0 && other > 0
            ? Dependence(one, two, (int)images) / Math.Sqrt(own) / Math.Sqrt(other)
            : Undefined(notes, "CKA is not defined where a layer gives the same for all images.");
    }

    /// <summary>HSIC₁, the estimator without bias: a mean over four different images each. It may be slightly negative.</summary>
    /// <param name="one">Inner products K, <c>[n, n]</c>, with zeros on the diagonal.</param>
    /// <param name="two">Inner products L, alike.</param>
    /// <param name="images">Number of images n, at least 4.</param>
    internal static double Dependence(double[] one, double[] two, int images)
    {
        double total = 0, otherTotal = 0, crossed = 0;
        for (var image = 0; image < images; image++)
        {
            double sum = TensorPrimitives.Sum<double>(one.AsSpan(image * images, images)), otherSum = TensorPrimitives.Sum<double>(two.AsSpan(image * images, images));
            (total, otherTotal, crossed) = (total + sum, otherTotal + otherSum, crossed + sum * otherSum);
        }

        double n = images;
        return (TensorPrimitives.Dot<double>(one, two) + total * otherTotal / ((n - 1) * (n - 2)) - 2 * crossed / (n - 2)) / (n * (n - 3));
    }

    private static double? Undefined(List<string> notes, string why)
    {
        notes.Add(why);
        return null;
    }

    /// <summary>Inner products over centred features, zero on the diagonal.</summary>
    internal static double[] InnerProducts(float[] values, int images)
    {
        var features = values.Length / images;
        var rows = new double[images][];
        for (var image = 0; image < images; image++)
            rows[image] = Array.ConvertAll(values[(image * features)..((image + 1) * features)], value => (double)value);
        var mean = new double[features];
        foreach (var row in rows)
            TensorPrimitives.Add<double>(mean, row, mean);
        TensorPrimitives.Divide(mean, images, mean);
        foreach (var row in rows)
            TensorPrimitives.Subtract<double>(row, mean, row);
        var products = new double[images * images];
        Parallel.For(0, images, image =>
        {
            for (var other = 0; other < images; other++)
                products[image * images + other] = image == other ? 0 : TensorPrimitives.Dot<double>(rows[image], rows[other]);
        });
        return products;
    }
}
