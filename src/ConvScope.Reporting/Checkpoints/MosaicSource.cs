using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Figures;

namespace ConvScope.Reporting.Checkpoints;

/// <summary>Reads of a parameter what its mosaic shows.</summary>
internal static class MosaicSource
{
    private const long LargestWhole = 1 << 24; // elements; the kernels of any usual convolution are fewer

    /// <summary>The mosaic of a parameter with two to five axes; null for any other.</summary>
    public static WeightMosaic? Create(StoredTensor tensor, ParameterDistribution distribution)
    {
        if (tensor.Count == 0 || tensor.Shape.Count is not (>= 2 and <= 5) || tensor.Shape.Any(length => length > int.MaxValue / 2))
            return null;
        var statistics = new TensorStatistics(
            distribution.Minimum, distribution.Mean, distribution.StandardDeviation, distribution.Maximum, distribution.NearZeroShare, distribution.NonFinite, (float)distribution.ScaleLimit, distribution.ClippedShare);
        var title = $"{tensor.Name}   {tensor.ShapeText}   {distribution.Type}";
        if (tensor.Count <= LargestWhole)
        {
            var array = new NamedArray(tensor.Name, tensor.Shape, tensor.ReadFloats());
            return new WeightMosaic(array, MosaicLayout.Create(array), statistics, title);
        }

        if (tensor.Shape.Count > 2)
            return null; // no picture of a page's size shows so many kernels
        var (outputs, inputs) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var rows = LargestRows(tensor, outputs, inputs);
        var width = Math.Min(inputs, MosaicLayout.LargestMatrix);
        var values = new float[rows.Count * width];
        foreach (var (index, row) in rows.Index())
            tensor.ReadFloats((long)row * inputs, values.AsSpan(index * width, width));
        return new WeightMosaic(new NamedArray(tensor.Name, tensor.Shape, values), MosaicLayout.CutMatrix(rows, outputs, inputs), statistics, title);
    }

    /// <summary>The rows with the largest norms, in their own order; the matrix is read a row at a time.</summary>
    private static List<int> LargestRows(StoredTensor tensor, int outputs, int inputs)
    {
        var norms = new double[outputs];
        Parallel.For(0, outputs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, () => new float[inputs], (row, _, buffer) =>
        {
            tensor.ReadFloats((long)row * inputs, buffer);
            norms[row] = System.Numerics.Tensors.TensorPrimitives.SumOfSquares<float>(buffer) is var sum && float.IsFinite(sum) ? sum : 0;
            return buffer;
        }, _ => { });
        return [.. Enumerable.Range(0, outputs).OrderByDescending(row => norms[row]).Take(MosaicLayout.LargestMatrix / 2).Order()];
    }
}
