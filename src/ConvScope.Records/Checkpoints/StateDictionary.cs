using System.Text.RegularExpressions;

namespace ConvScope.Records.Checkpoints;

/// <summary>Finds the tensors of a network among the objects of a checkpoint.</summary>
internal static partial class StateDictionary
{
    private static readonly string[] _usual = ["state_dict", "model_state_dict", "model", "net"];
    private static readonly string[] _wrappers = ["module.", "_orig_mod."];

    /// <summary>
    /// The group that is the network's: under one of the usual names, the outermost first, else the largest that is no optimizer's, the first of equal ones; where there is none else, the optimizer's.
    /// </summary>
    public static (IReadOnlyList<StoredTensor> Tensors, TensorGroup? Taken, IReadOnlyList<TensorGroup> Others) Best(object? root)
    {
        var groups = TensorGroups.Find(root);
        if (groups.Count == 0)
            return ([], null, []);
        var networks = groups.Where(entry => !entry.Group.IsOptimizer && entry.Tensors.Exists(tensor => tensor.Shape.Count > 0)).ToList();
        var candidates = networks.Count > 0 ? networks : [.. groups];
        var best = candidates.Where(entry => Usual(entry.Group.Key) >= 0)
            .OrderBy(entry => entry.Group.Key.Count(letter => letter == '.')).ThenBy(entry => Usual(entry.Group.Key))
            .Cast<(TensorGroup Group, List<StoredTensor> Tensors)?>().FirstOrDefault()
            ?? candidates.MaxBy(entry => entry.Group.Count);
        return (Unwrapped(best.Tensors), best.Group, [.. groups.Select(entry => entry.Group).Where(group => group != best.Group)]);
    }

    /// <summary>The tensors under a key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    public static IReadOnlyList<StoredTensor> Find(object? root, string key, string path)
    {
        var (found, rest) = (root, key);
        while (rest.Length > 0)
        {
            // A key may hold dots itself: the longest that fits is taken.
            var next = TensorGroups.Children(found)
                .Where(entry => rest == entry.Name || rest.StartsWith($"{entry.Name}.", StringComparison.Ordinal))
                .OrderByDescending(entry => entry.Name.Length).ToList();
            if (next.Count == 0)
            {
                var known = TensorGroups.Children(found).Take(20).Select(entry => entry.Name).ToList();
                throw new KeyNotFoundException($"'{path}' has no entry '{key}'; {(known.Count > 0 ? $"there are {string.Join(", ", known)}" : $"before '{rest}' it is no dictionary")}.");
            }

            found = next[0].Value;
            rest = rest[Math.Min(rest.Length, next[0].Name.Length + 1)..];
        }

        return Unwrapped(TensorGroups.Gather(found));
    }

    private static int Usual(string key) => Array.IndexOf(_usual, key[(key.LastIndexOf('.') + 1)..]);

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
