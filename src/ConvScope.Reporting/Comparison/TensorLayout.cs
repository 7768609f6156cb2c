namespace ConvScope.Reporting.Comparison;

/// <summary>
/// How a tensor of any number of axes is laid out as rows and columns. A convolution's <c>[out, in, kh, kw]</c> is a grid of its kernels, outputs downwards and inputs to the right; two
/// axes are as they are; of three, the first two are rows; one axis is wrapped into a near-square; of more than four, the first is rows.
/// </summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
/// <param name="KernelRows">Rows of a kernel, 1 for anything but a convolution.</param>
/// <param name="KernelColumns">Columns of a kernel, 1 for anything but a convolution.</param>
public sealed record TensorLayout(long Rows, long Columns, long KernelRows, long KernelColumns)
{
    /// <summary>The layout of a shape.</summary>
    public static TensorLayout Of(IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var count = shape.Aggregate(1L, (product, length) => product * length);
        switch (shape.Count)
        {
            case 4:
                return new TensorLayout(shape[0] * shape[2], shape[1] * shape[3], shape[2], shape[3]);
            case 3:
                return new TensorLayout(shape[0] * shape[1], shape[2], 1, 1);
            case 0 or 1:
                var columns = (long)Math.Ceiling(Math.Sqrt(count));
                return new TensorLayout((count + columns - 1) / columns, columns, 1, 1);
            default:
                return new TensorLayout(shape[0], count / shape[0], 1, 1);
        }
    }

    /// <summary>Index, row-major in the tensor, of the element at a row and column; a wrapped axis may end before the last cells do.</summary>
    public long IndexAt(long row, long column)
    {
        var inputs = Columns / KernelColumns;
        var kernel = row / KernelRows * inputs + column / KernelColumns;
        return (kernel * KernelRows + row % KernelRows) * KernelColumns + column % KernelColumns;
    }
}
