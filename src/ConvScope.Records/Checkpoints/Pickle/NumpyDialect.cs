using System.Text;
using ConvScope.Records.Checkpoints.Bytes;

namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>The three globals that a pickled NumPy array names, for arrays of unsigned bytes. Nothing else is known, and none runs code of a file.</summary>
internal sealed class NumpyDialect : PickleDialect
{
    private static readonly Dictionary<string, PickleGlobal> _known = new[]
    {
        new PickleGlobal("numpy.core.multiarray._reconstruct", arguments => arguments is [PickleGlobal { Name: "numpy.ndarray" }, ..] ? new NumpyBytes() : throw new InvalidDataException("an array is made of something that is no array")),
        new PickleGlobal("numpy.ndarray"),
        new PickleGlobal("numpy.dtype", arguments => arguments is [string type, ..] ? new ElementName(type) : throw new InvalidDataException("an element type has no name")),
    }.ToDictionary(known => known.Name, StringComparer.Ordinal);

    public override string Purpose => "array of bytes";

    public override bool HasByteStrings => true;

    public override PickleGlobal? Find(string module, string name) => _known.GetValueOrDefault($"{module}.{name}");

    public override void Build(object? target, object? state)
    {
        if (target is ElementName)
            return; // byte order and alignment, of which a byte has none
        if (target is not NumpyBytes array)
            throw new InvalidDataException("something other than an array has a state");
        if (state is not object?[] { Length: 5 } parts || parts[1] is not object?[] shape || shape.Length > 64)
            throw new InvalidDataException("the state of an array is not (version, shape, type, Fortran order, data)");
        if (parts[2] is not ElementName { Name: "u1" or "|u1" })
            throw new InvalidDataException($"an array has elements of type '{(parts[2] as ElementName)?.Name}'; unsigned bytes, 'u1', are read");
        if (parts[3] is not false)
            throw new InvalidDataException("an array lies in Fortran's order; C's is read");
        var bytes = parts[4] switch { byte[] data => data, string text => Encoding.Latin1.GetBytes(text), _ => throw new InvalidDataException("an array has no data") };
        array.Set([.. shape.Select(length => length is long and >= 0 and <= int.MaxValue ? (int)(long)length : throw new InvalidDataException("an axis of an array is no whole number"))], bytes);
    }

    /// <summary>A <c>dtype</c>: the name of an element type.</summary>
    private sealed record ElementName(string Name);
}
