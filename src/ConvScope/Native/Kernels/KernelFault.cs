using System.Globalization;

namespace ConvScope.Native.Kernels;

/// <summary>A result that is wrong.</summary>
/// <param name="Case">What was computed, in words.</param>
/// <param name="Result">Which of its results: <c>output</c>, <c>gradient by the input</c>.</param>
/// <param name="Error">Largest difference from 64-bit floats, as a share of the largest value; not finite where a result is not.</param>
internal sealed record KernelFault(string Case, string Result, double Error)
{
    /// <inheritdoc />
    public override string ToString() => $"the {Result} of a {Case}, is "
        + (double.IsFinite(Error) ? string.Create(CultureInfo.InvariantCulture, $"off by {Error:P1} of its largest value") : "not finite");
}
