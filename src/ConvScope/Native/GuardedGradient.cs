using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>
/// Gradients whose failure is an exception. What libtorch throws in TorchSharp's <c>autograd.grad</c> is translated by nobody and ends the
/// process: for an input that the value does not depend on, a graph that was freed, an output without a graph. <c>autograd.backward</c> is
/// guarded, so it is that which is called, and the gradients are taken from where it leaves them.
/// </summary>
internal static class GuardedGradient
{
    /// <summary>
    /// The gradients of a value by some tensors. Those tensors' own <c>grad</c>, where they are leaves, is the same object afterwards.
    /// </summary>
    /// <param name="value">One element.</param>
    /// <param name="inputs">What is differentiated by.</param>
    /// <param name="keepsGraph">Whether the value's graph is used again; else it is freed.</param>
    /// <returns>
    /// A gradient an input, of its shape, in the dispose scope that is open; null where the value does not depend on it or nothing is
    /// tracked.
    /// </returns>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">
    /// libtorch refused, such as for a tensor that was changed in place; its message says why.
    /// </exception>
    public static IReadOnlyList<Tensor?> Of(Tensor value, IReadOnlyList<Tensor> inputs, bool keepsGraph = false)
    {
        var gradients = new Tensor?[inputs.Count];
        int[] tracked = value.requires_grad ? [.. Enumerable.Range(0, inputs.Count).Where(index => inputs[index].requires_grad)] : [];
        if (tracked.Length == 0)
            return gradients;
        Tensor[] sources = [.. tracked.Select(index => inputs[index])];
        using var kept = new KeptGradients(sources);
        autograd.backward([value], retain_graph: keepsGraph, inputs: sources);
        for (var place = 0; place < sources.Length; place++)
            gradients[tracked[place]] = sources[place].grad;
        return gradients;
    }

    /// <summary>Takes the gradients of leaves aside, so that nothing is added to them, and puts them back.</summary>
    private sealed class KeptGradients : IDisposable
    {
        private readonly List<(Tensor Leaf, Tensor? Gradient)> _gradients;

        public KeptGradients(IEnumerable<Tensor> tensors)
        {
            _gradients = [.. tensors.Where(tensor => tensor.is_leaf).Select(leaf => (leaf, leaf.grad))];
            foreach (var (leaf, _) in _gradients)
                leaf.grad = null;
        }

        public void Dispose()
        {
            foreach (var (leaf, gradient) in _gradients)
            {
                leaf.grad = gradient;
                gradient?.Dispose(); // the leaf holds it
            }
        }
    }
}
