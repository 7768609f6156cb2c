using System.Numerics.Tensors;
using ConvScope.Records.Checkpoints;

namespace ConvScope.Reporting.Comparison;

/// <summary>
/// Linear centred kernel alignment of two layers' outputs for the same images: ⟨K, L⟩ / (‖K‖ ‖L‖) with K and L the images' inner products over centred features. 1 where one is the
/// other turned and scaled. Source: Kornblith et al., "Similarity of Neural Network Representations Revisited", 2019, eq. 5.
/// </summary>
internal static class LinearCka
{
    /// <summary>Most images; their inner products have the square of their number.</summary>
    public const int MostImages = 2048;

    public static double? Measure(NamedArray first, NamedArray second, List<string> notes)
    {
        var images = first.Shape.Count == 0 ? 0 : first.Shape[0];
        if (images < 2 || second.Shape.Count == 0 || second.Shape[0] != images)
            return Undefined(notes, "CKA needs two layers' outputs for the same images, at least two, along the first axis.");
        if (images > MostImages)
            return Undefined(notes, FormattableString.Invariant($"CKA is computed for at most {MostImages:N0} images; there are {images:N0}."));
        if (!Array.TrueForAll(first.Values, float.IsFinite) || !Array.TrueForAll(second.Values, float.IsFinite))
            return Undefined(notes, "CKA is not defined where an output is no finite number.");
        double[] one = InnerProducts(first.Values, (int)images), two = InnerProducts(second.Values, (int)images);
        double norm = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(one)), otherNorm = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(two));
        return norm > 0 && otherNorm > 0
            ? TensorPrimitives.Dot<double>(one, two) / norm / otherNorm
            : Undefined(notes, "CKA is not defined where a layer gives the same for all images.");
    }

    private static double? Undefined(List<string> notes, string why)
    {
        notes.Add(why);
        return null;
    }

    private static double[] InnerProducts(float[] values, int images)
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
                products[image * images + other] = TensorPrimitives.Dot<double>(rows[image], rows[other]);
        });
        return products;
    }
}
