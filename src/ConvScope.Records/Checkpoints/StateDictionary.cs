using System.Text.RegularExpressions;

namespace ConvScope.Records.Checkpoints;

/// <summary>Finds the tensors of a network among the objects of a checkpoint.</summary>
internal static partial class StateDictionary
{
    private const int Deepest = 8;
    private static readonly string[] _usual = ["state_dict", "model_state_dict", "model", "net"];
    private static readonly string[] _wrappers = ["module.", "_orig_mod."];

    /// <summary>The tensors under a key, or those that look like the network's.</summary>
    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    public static IReadOnlyList<StoredTensor> Find(object? root, string? key, string path)
    {
        if (key is null)
            return Unwrapped(Tensors(Best(root, 0)));
        var found = root;
        foreach (var part in key.Split('.'))
        {
            found = found is IReadOnlyDictionary<object, object?> dictionary && dictionary.TryGetValue(part, out var next)
                ? next
                : throw new KeyNotFoundException($"'{path}' has no entry '{key}'; {(found is IReadOnlyDictionary<object, object?> known ? $"there are {string.Join(", ", known.Keys.Take(20))}" : $"before '{part}' it is no dictionary")}.");
        }

        return Unwrapped(Tensors(found));
    }

    private static object? Best(object? value, int depth)
    {
        if (value is not IReadOnlyDictionary<object, object?> dictionary || depth == Deepest)
            return value;
        foreach (var name in _usual)
        {
            if (dictionary.TryGetValue(name, out var entry) && Best(entry, depth + 1) is var found && Tensors(found).Count > 0)
                return found;
        }

        if (dictionary.Values.Any(entry => entry is StoredTensor))
            return value;
        return dictionary.Values.Where(entry => entry is IReadOnlyDictionary<object, object?>).Take(100)
            .Select(entry => Best(entry, Math.Max(depth + 1, Deepest - 2))).MaxBy(found => Tensors(found).Count);
    }

    private static List<StoredTensor> Tensors(object? value) => value switch
    {
        StoredTensor tensor => [tensor.Named("tensor")],
        IReadOnlyDictionary<object, object?> dictionary => [.. dictionary.Where(entry => entry.Value is StoredTensor).Select(entry => ((StoredTensor)entry.Value!).Named($"{entry.Key}"))],
        IReadOnlyList<object?> list => [.. list.Index().Where(entry => entry.Item is StoredTensor).Select(entry => ((StoredTensor)entry.Item!).Named($"{entry.Index}"))],
        _ => [],
    };

    private static List<StoredTensor> Unwrapped(List<StoredTensor> tensors)
    {
        while (tensors.Count > 0 && _wrappers.FirstOrDefault(prefix => tensors.TrueForAll(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal))) is { } wrapper)
            tensors = tensors.ConvertAll(tensor => tensor.Named(tensor.Name[wrapper.Length..]));
        return tensors.ConvertAll(tensor => OldDenseNet().IsMatch(tensor.Name) ? tensor.Named(OldDenseNet().Replace(tensor.Name, "$1$2")) : tensor);
    }

    /// <summary>Names in torchvision's files of DenseNet from before PyTorch 0.4, which torchvision renames as well: <c>norm.1</c> is <c>norm1</c>.</summary>
    [GeneratedRegex(@"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var))$")]
    private static partial Regex OldDenseNet();
}
