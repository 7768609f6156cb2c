using ConvScope.Networks.Weights;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Files;

namespace ConvScope.Training.Saving;

/// <summary>Refuses a checkpoint that a training could not go on from because its values are no longer finite.</summary>
internal static class FiniteCheckpoint
{
    /// <summary>Checks weights and the optimizer's state. What an optimizer keeps of squares may have overflowed; there only NaN is refused.</summary>
    /// <param name="file">The file.</param>
    /// <param name="root">What it holds.</param>
    /// <param name="others">Names of its entries that hold weights beside <c>state_dict</c>; they may be missing.</param>
    /// <exception cref="DamagedFileException">A value is NaN or infinite; the message names the entry and the tensors.</exception>
    public static void Check(Checkpoint file, IReadOnlyDictionary<object, object?> root, params string[] others)
    {
        foreach (var name in others.Where(name => root.ContainsKey(name)).Prepend("state_dict"))
            Refuse(file, NonFiniteWeights.Find(file.StateDict(name)), name);
        Refuse(file, NonFiniteWeights.Find(OptimizerTensors(root), double.IsNaN), "optimizer");
    }

    private static IEnumerable<StoredTensor> OptimizerTensors(IReadOnlyDictionary<object, object?> root)
    {
        if (root.GetValueOrDefault("optimizer") is not IReadOnlyDictionary<object, object?> optimizer
            || optimizer.GetValueOrDefault("state") is not IReadOnlyDictionary<object, object?> states)
            return [];
        return from state in states
               where state.Value is IReadOnlyDictionary<object, object?>
               from entry in (IReadOnlyDictionary<object, object?>)state.Value
               where entry.Value is StoredTensor
               select ((StoredTensor)entry.Value).Named($"{state.Key}.{entry.Key}");
    }

    private static void Refuse(Checkpoint file, IReadOnlyList<NonFiniteTensor> bad, string entry)
    {
        if (bad.Count > 0)
        {
            throw new DamagedFileException(file.Path, $"'{file.Path}' cannot be resumed from: '{entry}' holds values that are NaN or infinite: "
                + $"{NonFiniteTensor.List(bad)}. Take an earlier checkpoint.");
        }
    }
}
