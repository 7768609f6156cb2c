using ConvScope.Records.Recording;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>Something whose distribution is counted over the bins of <see cref="HistogramBins"/>.</summary>
/// <param name="name">Name under which the counts stand in the record.</param>
public abstract class HistogramQuantity(string name)
{
    /// <summary>Name under which the counts stand in the record.</summary>
    public string Name { get; } = name;

    /// <summary>Names the tensors of one step, with their targets; counted without gradient tracking.</summary>
    public abstract IEnumerable<(string Target, Tensor Values)> Select(StepContext context);
}
