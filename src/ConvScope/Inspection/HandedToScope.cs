using System.Globalization;
using ConvScope.Measuring;
using static TorchSharp.torch;

namespace ConvScope.Inspection;

/// <summary>What a loop of the user's own hands to a scope. What is of no use there costs itself, and is said.</summary>
/// <param name="leftOut">Takes what is of no use.</param>
internal sealed class HandedToScope(LeftOut leftOut)
{
    /// <summary>A loss of one element, detached; null for any other.</summary>
    public Tensor? Loss(Tensor loss)
    {
        if (Alive(loss, "the loss") is null)
            return null;
        if (loss.NumberOfElements == 1)
            return loss.reshape(1).detach();
        leftOut.Add("the loss", new ArgumentException($"A loss has one element; this one has {loss.NumberOfElements}."));
        return null;
    }

    /// <summary>A tensor; null for one that was disposed.</summary>
    public Tensor? Alive(Tensor? tensor, string what)
    {
        if (tensor is not { IsInvalid: true })
            return tensor;
        leftOut.Add($"{what} of some steps", new ObjectDisposedException(null, $"{char.ToUpperInvariant(what[0])}{what[1..]} had been disposed when the step was told."));
        return null;
    }

    /// <summary>The learning rate of each optimizer that tells of one, the first under an empty name.</summary>
    public IEnumerable<(string Optimizer, double Rate)> Rates(IReadOnlyList<optim.Optimizer> optimizers)
    {
        for (var index = 0; index < optimizers.Count; index++)
        {
            var (optimizer, name) = (optimizers[index], index == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"optimizer {index + 1}"));
            var rate = leftOut.Try<double?>($"the learning rate of {(index == 0 ? "the optimizer" : name)}", () => Rate(optimizer), null);
            if (rate is { } known)
                yield return (name, known);
        }
    }

    private static double Rate(optim.Optimizer optimizer) =>
        (optimizer.ParamGroups.FirstOrDefault() ?? throw new NotSupportedException($"An optimizer of type {optimizer.GetType().Name} tells of no group of parameters.")).LearningRate;
}
