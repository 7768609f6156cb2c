namespace ConvScope.Records.Checkpoints;

/// <summary>Finds what belongs together among the objects of a checkpoint.</summary>
internal static class TensorGroups
{
    private const int Deepest = 8;
    private const int MostVisited = 100_000;
    private const int MostGroups = 100;

    /// <summary>All groups of tensors, in the order of the file.</summary>
    public static IReadOnlyList<(TensorGroup Group, List<StoredTensor> Tensors)> Find(object? root)
    {
        var groups = new List<(TensorGroup, List<StoredTensor>)>();
        var visited = new HashSet<object>(ReferenceEqualityComparer.Instance);
        Visit(root, "", 0);
        return groups;

        void Visit(object? value, string key, int depth)
        {
            if (value is null or string || (value is StoredTensor && depth > 0) || depth > Deepest || groups.Count == MostGroups || visited.Count == MostVisited || !visited.Add(value))
                return;
            if (Gather(value) is { Count: > 0 } tensors)
                groups.Add((new TensorGroup(key, IsOptimizer(value), tensors.Count, tensors.Sum(tensor => tensor.Count)), tensors));
            if (IsOptimizer(value) || IsModule(value) || IsScript(value))
                return;
            foreach (var (name, inner) in Children(value))
                Visit(inner, key.Length == 0 ? name : $"{key}.{name}", depth + 1);
        }
    }

    /// <summary>The tensors of one object: those directly in it; of an optimizer or a module all.</summary>
    public static List<StoredTensor> Gather(object? value)
    {
        var tensors = new List<StoredTensor>();
        if (value is StoredTensor alone)
            tensors.Add(alone.Named("tensor"));
        else if (IsModule(value))
            AddModule(value, "", 0, tensors);
        else if (IsOptimizer(value) || IsScript(value))
            AddAll(value, "", 0, tensors);
        else
            tensors.AddRange(Children(value).Where(entry => entry.Value is StoredTensor).Select(entry => ((StoredTensor)entry.Value!).Named(entry.Name)));
        return tensors;
    }

    /// <summary>Tensors that are kept as they are written, since they are not read: sparse ones, for example.</summary>
    public static IReadOnlyList<string> Unread(object? root)
    {
        var found = new List<string>();
        var visited = new HashSet<object>(ReferenceEqualityComparer.Instance);
        Visit(root, "", 0);
        return found;

        void Visit(object? value, string key, int depth)
        {
            if (value is null or string or StoredTensor || depth > Deepest || found.Count == MostGroups || visited.Count == MostVisited || !visited.Add(value))
                return;
            if (value is InertObject { Callable: InertName { Module: "torch._utils" } or Pickle.PickleGlobal { MakesTensor: true } } made)
                found.Add($"{key}: {made.ClassName.Replace("torch._utils._rebuild_", "", StringComparison.Ordinal)}, which is not read");
            foreach (var (name, inner) in Children(value))
                Visit(inner, key.Length == 0 ? name : $"{key}.{name}", depth + 1);
        }
    }

    /// <summary>What an object holds by name: a dictionary's entries, a list's by number, an unknown object's attributes and entries.</summary>
    public static IEnumerable<(string Name, object? Value)> Children(object? value) => value switch
    {
        IReadOnlyDictionary<object, object?> dictionary => dictionary.Select(entry => ($"{entry.Key}", entry.Value)),
        InertObject made => Children(made.State).Concat(Children(made.Entries)).Concat(Children(made.Items)),
        IReadOnlyList<object?> list when value is not byte[] => list.Index().Select(entry => ($"{entry.Index}", entry.Item)),
        _ => [],
    };

    private static object? Child(object? value, string name) => value switch
    {
        IReadOnlyDictionary<object, object?> dictionary => dictionary.GetValueOrDefault(name),
        InertObject made => Child(made.State, name),
        _ => null,
    };

    /// <summary>What <c>optimizer.state_dict()</c> gives.</summary>
    private static bool IsOptimizer(object? value) => value is IReadOnlyDictionary<object, object?> dictionary && dictionary.ContainsKey("state") && dictionary.ContainsKey("param_groups");

    /// <summary>A module that was saved whole.</summary>
    private static bool IsModule(object? value) => value is InertObject && Child(value, "_parameters") is not null && Child(value, "_modules") is not null;

    /// <summary>A module of TorchScript, whose parameters and modules are its attributes.</summary>
    private static bool IsScript(object? value) => value is InertObject { Callable: InertName name } && name.Module.StartsWith("__torch__", StringComparison.Ordinal);

    private static void AddModule(object? module, string prefix, int depth, List<StoredTensor> tensors)
    {
        if (depth > 4 * Deepest || tensors.Count > MostVisited)
            return;
        foreach (var (name, value) in Children(Child(module, "_parameters")).Concat(Children(Child(module, "_buffers"))))
        {
            if (value is StoredTensor tensor)
                tensors.Add(tensor.Named(prefix + name));
        }

        foreach (var (name, inner) in Children(Child(module, "_modules")))
            AddModule(inner, $"{prefix}{name}.", depth + 1, tensors);
    }

    private static void AddAll(object? value, string prefix, int depth, List<StoredTensor> tensors)
    {
        if (depth > 4 * Deepest || tensors.Count > MostVisited)
            return;
        foreach (var (name, inner) in Children(value))
        {
            if (inner is StoredTensor tensor)
                tensors.Add(tensor.Named(prefix + name));
            else
                AddAll(inner, $"{prefix}{name}.", depth + 1, tensors);
        }
    }
}
