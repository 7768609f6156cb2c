using ConvScope.Records.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Networks.Weights;

/// <summary>Looks for weights that are NaN or infinite. Tensors of whole numbers have none.</summary>
internal static class NonFiniteWeights
{
    private const int ValuesAtOnce = 1 << 16;

    /// <summary>Looks through a module's parameters and buffers, wherever they lie.</summary>
    /// <returns>Those that are not finite, in the module's own order; empty where all is well.</returns>
    public static IReadOnlyList<NonFiniteTensor> Find(nn.Module module)
    {
        using var scope = NewDisposeScope();
        return Find(module.state_dict().Select(entry => (entry.Key, entry.Value)));
    }

    /// <summary>Looks through some tensors. It waits for their device once, however many they are.</summary>
    public static IReadOnlyList<NonFiniteTensor> Find(IEnumerable<(string Name, Tensor Values)> tensors)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        // A sum takes no memory and is finite only where all values are; one that overflows is looked into as well.
        var devices = tensors.Where(tensor => tensor.Values.is_floating_point()).GroupBy(tensor => tensor.Values.device.ToString());
        return [.. devices.SelectMany(device => Suspicious([.. device]))
            .Select(tensor => new NonFiniteTensor(tensor.Name, Count(tensor.Values), tensor.Values.NumberOfElements))
            .Where(tensor => tensor.Count > 0)];
    }

    /// <summary>Looks through tensors of a file, a part at a time. It needs no libtorch.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="isBad">Which values count; null for NaN and infinite ones.</param>
    public static IReadOnlyList<NonFiniteTensor> Find(IEnumerable<StoredTensor> tensors, Predicate<double>? isBad = null)
    {
        isBad ??= value => !double.IsFinite(value);
        return [.. tensors.Where(tensor => tensor.IsFloating)
            .Select(tensor => new NonFiniteTensor(tensor.Name, Count(tensor, isBad), tensor.Count))
            .Where(tensor => tensor.Count > 0)];
    }

    private static IEnumerable<(string Name, Tensor Values)> Suspicious((string Name, Tensor Values)[] tensors)
    {
        var sums = stack([.. tensors.Select(tensor => tensor.Values.sum().to(ScalarType.Float64))]).cpu().data<double>().ToArray();
        return tensors.Where((_, index) => !double.IsFinite(sums[index]));
    }

    private static long Count(Tensor values) => values.isfinite().logical_not().sum().item<long>();

    private static long Count(StoredTensor tensor, Predicate<double> isBad)
    {
        if (tensor.Type == ElementType.Float64)
            return tensor.ReadDoubles().LongCount(value => isBad(value));
        var (values, count) = (tensor.Contiguous(), 0L);
        var part = new float[(int)Math.Min(tensor.Count, ValuesAtOnce)];
        for (var first = 0L; first < tensor.Count; first += part.Length)
        {
            var read = part.AsSpan(0, (int)Math.Min(part.Length, tensor.Count - first));
            values.ReadFloats(first, read);
            foreach (var value in read)
                count += isBad(value) ? 1 : 0;
        }

        return count;
    }
}
