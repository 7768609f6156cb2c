namespace ConvScope.Records.Checkpoints;

/// <summary>An object of a checkpoint whose class is not known here: what the pickle says of it. It was not made, and nothing was called for it; <see cref="Checkpoint.Write"/> writes it back.</summary>
public sealed class InertObject
{
    internal InertObject(object callable, IReadOnlyList<object?> arguments, InertKind kind, IReadOnlyDictionary<object, object?>? keywords = null) =>
        (Callable, Arguments, Kind, Keywords) = (callable, arguments, kind, keywords);

    /// <summary>Module and name of its class, or of the function that Python would call for it: <c>argparse.Namespace</c>.</summary>
    public string ClassName => PythonText.Name(Arguments is [InertName type, ..] && Callable is InertName { Module: "copyreg" or "copy_reg", Name: "_reconstructor" or "__newobj__" } ? type : Callable);

    /// <summary>What it would be made of, in order.</summary>
    public IReadOnlyList<object?> Arguments { get; }

    /// <summary>Its attributes, mostly a dictionary; null where the pickle gives none.</summary>
    public object? State { get; internal set; }

    /// <summary>What is appended to it, as to a list: the entries of a <c>deque</c>.</summary>
    public IReadOnlyList<object?> Items => Appended ?? (IReadOnlyList<object?>)[];

    /// <summary>What is set in it, as in a dictionary: the entries of a <c>defaultdict</c>.</summary>
    public IReadOnlyDictionary<object, object?> Entries => Set ?? _none;

    internal object Callable { get; }

    internal InertKind Kind { get; }

    internal IReadOnlyDictionary<object, object?>? Keywords { get; }

    internal bool HasState { get; set; }

    internal List<object?>? Appended { get; set; }

    internal OrderedDictionary<object, object?>? Set { get; set; }

    private static readonly OrderedDictionary<object, object?> _none = [];

    /// <summary>Class and content as Python writes them, at most some hundred characters: <c>argparse.Namespace(lr=0.1)</c>.</summary>
    public override string ToString() => PythonText.Of(this);
}
