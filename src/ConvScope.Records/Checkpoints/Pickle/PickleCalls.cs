namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>What a pickle names and asks to be called: known globals give their value, all else an inert one that is told where Python's call may do harm.</summary>
internal sealed class PickleCalls(PickleInput input, PickleDialect dialect)
{
    private const int MostTold = 100;
    private readonly List<PickleCall> _told = [];
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private long _work; // values that calls may have copied: short pickles can ask for long work

    /// <summary>Calls that are not known to be harmless.</summary>
    public IReadOnlyList<PickleCall> Told => _told;

    /// <summary>A known global, or the name of another.</summary>
    /// <exception cref="Files.DamagedFileException">It is unknown, and the dialect keeps nothing unknown.</exception>
    public object Global(string module, string name)
    {
        if (dialect.Find(module, name) is { } known)
            return known;
        return dialect.KeepsUnknown ? new InertName(module, name) : throw input.Broken($"the pickle asks for '{module}.{name}', which no {dialect.Purpose} needs; it is refused");
    }

    /// <summary>What a call gives.</summary>
    public object? Make(object? callable, object?[] arguments, InertKind kind, IReadOnlyDictionary<object, object?>? keywords = null)
    {
        if (callable is PickleGlobal { Call: { } call } known)
        {
            _work += arguments.Sum(argument => argument switch { string text => text.Length, byte[] bytes => bytes.Length, IReadOnlyCollection<object?> items => items.Count, _ => 0 });
            if (_work > PickleReader.MostOperations)
                throw input.Broken($"the pickle copies more than {PickleReader.MostOperations} values");
            try
            {
                return call(arguments);
            }
            catch (InvalidDataException) when (!known.MakesTensor && dialect.KeepsUnknown)
            {
                // a plain value made of something unknown: kept as it is written
            }
        }
        else if (!dialect.KeepsUnknown || callable is not (InertName or InertObject or PickleGlobal))
        {
            throw input.Broken(callable is PickleGlobal name ? $"the pickle calls '{name.Name}', which is no function" : "the pickle needs something to call and has something else");
        }

        Tell(callable, arguments, kind);
        return new InertObject(callable, arguments, kind, keywords);
    }

    private void Tell(object callable, object?[] arguments, InertKind kind)
    {
        if (_told.Count < MostTold && !HarmlessCalls.Contains(callable, kind) && PythonText.Call(callable, arguments) is var text && _texts.Add(text))
            _told.Add(new PickleCall(PythonText.Name(callable), text));
    }
}
