using System.Globalization;
using System.Numerics;
using System.Text;
using ConvScope.Records.Checkpoints.Bytes;

namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>
/// The globals that tensors, state dictionaries and plain values need: those of PyTorch's weights-only loader
/// (<c>torch/_weights_only_unpickler.py</c>), as far as there is something to read. No other is ever looked up, and none runs code of a file.
/// </summary>
internal static class PickleGlobals
{
    private static readonly Dictionary<string, PickleGlobal> _known = new[]
    {
        new PickleGlobal("collections.OrderedDict", Dictionary),
        new PickleGlobal("collections.Counter", Dictionary),
        new PickleGlobal("torch._utils._rebuild_tensor", Tensor, MakesTensor: true),
        new PickleGlobal("torch._utils._rebuild_tensor_v2", Tensor, MakesTensor: true),
        new PickleGlobal("torch._utils._rebuild_tensor_v3", TypedTensor, MakesTensor: true),
        new PickleGlobal("torch._utils._rebuild_parameter", arguments => Argument<object>(arguments, 0) as StoredTensor ?? Unread(arguments), MakesTensor: true),
        new PickleGlobal("torch._utils._rebuild_parameter_with_state", arguments => Argument<object>(arguments, 0) as StoredTensor ?? Unread(arguments), MakesTensor: true),
        new PickleGlobal("torch._tensor._rebuild_from_type_v2", Subclass, MakesTensor: true),
        new PickleGlobal("torch._utils._rebuild_qtensor", Quantised, MakesTensor: true),
        new PickleGlobal("torch.Tensor"),
        new PickleGlobal("torch.nn.parameter.Parameter"),
        new PickleGlobal("torch.Size", arguments => arguments.Length == 0 ? Array.Empty<object?>() : Argument<object?[]>(arguments, 0)),
        new PickleGlobal("torch.device", arguments => string.Join(':', arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)))),
        new PickleGlobal("torch.storage.UntypedStorage"),
        new PickleGlobal("torch.UntypedStorage"),
        new PickleGlobal("_codecs.encode", Encode),
    }.ToDictionary(known => known.Name, StringComparer.Ordinal);

    static PickleGlobals()
    {
        foreach (var type in Enum.GetValues<ElementType>())
        {
            if (type.StorageName() is { } storage)
                _known[$"torch.{storage}"] = new PickleGlobal($"torch.{storage}", Type: type);
            _known[$"torch.{type.TorchName()}"] = new PickleGlobal($"torch.{type.TorchName()}", Type: type);
        }

        foreach (var (storage, type) in new[] { ("QInt8", ElementType.Int8), ("QUInt8", ElementType.UInt8), ("QInt32", ElementType.Int32), ("QUInt4x2", ElementType.UInt8), ("QUInt2x4", ElementType.UInt8) })
            _known[$"torch.{storage}Storage"] = new PickleGlobal($"torch.{storage}Storage", Type: type); // the integers of quantised tensors

        foreach (var module in new[] { "builtins", "__builtin__" })
        {
            foreach (var known in new[] { new PickleGlobal($"{module}.set", Set), new($"{module}.bytearray", Bytes), new($"{module}.complex", arguments => new Complex(Argument<double>(arguments, 0), Argument<double>(arguments, 1))) })
                _known[known.Name] = known;
        }
    }

    /// <summary>The known global of that name; null for any other.</summary>
    public static PickleGlobal? Find(string module, string name) => _known.GetValueOrDefault($"{module}.{name}");

    private static OrderedDictionary<object, object?> Dictionary(object?[] arguments)
    {
        var dictionary = new OrderedDictionary<object, object?>();
        if (arguments is [OrderedDictionary<object, object?> counts])
            return counts;
        foreach (var pair in arguments.Length == 0 ? [] : Argument<IReadOnlyList<object?>>(arguments, 0))
        {
            var entry = pair as IReadOnlyList<object?> ?? [];
            PickleReader.Put(dictionary, entry is [_, _] ? entry[0] : throw new InvalidDataException("a dictionary is made of something that is no pair"), entry[1]);
        }

        return dictionary;
    }

    private static StoredTensor Tensor(object?[] arguments)
    {
        var storage = Argument<PickleStorage>(arguments, 0);
        return View(arguments, storage, storage.Type ?? throw new InvalidDataException("a tensor lies on a storage without an element type"), metadata: 6);
    }

    /// <summary>A tensor on an untyped storage; one of a type that is not known is kept as it is written, and costs nothing else.</summary>
    private static object TypedTensor(object?[] arguments) => arguments.ElementAtOrDefault(6) is InertName { Module: "torch" }
        ? new InertObject(new InertName("torch._utils", "_rebuild_tensor_v3"), arguments, InertKind.Call)
        : View(arguments, Argument<PickleStorage>(arguments, 0), Argument<PickleGlobal>(arguments, 6).Type ?? throw new InvalidDataException("a tensor has no element type"), metadata: 7);

    private static StoredTensor View(object?[] arguments, PickleStorage storage, ElementType type, int metadata)
    {
        var bits = arguments.ElementAtOrDefault(metadata) as IReadOnlyDictionary<object, object?>;
        var (negative, conjugate) = (bits?.GetValueOrDefault("neg") is true, bits?.GetValueOrDefault("conj") is true);
        return new("", type, Lengths(arguments, 2), Lengths(arguments, 3), Argument<long>(arguments, 1), negative || conjugate ? new SignedBytes(storage.Bytes, type, negative, conjugate) : storage.Bytes);
    }

    /// <summary>A quantised tensor as the numbers that it stands for, where one scale is for all; others are kept as they are written.</summary>
    private static object Quantised(object?[] arguments)
    {
        var storage = Argument<PickleStorage>(arguments, 0);
        return arguments.ElementAtOrDefault(4) is object?[] and [InertName { Name: "per_tensor_affine" }, double scale, long zero] && storage.Type is ElementType.Int8 or ElementType.UInt8 or ElementType.Int32
            ? new StoredTensor("", ElementType.Float32, Lengths(arguments, 2), Lengths(arguments, 3), Argument<long>(arguments, 1), new QuantisedBytes(storage.Bytes, storage.Type!.Value, scale, zero))
            : new InertObject(new InertName("torch._utils", "_rebuild_qtensor"), arguments, InertKind.Call);
    }

    private static long[] Lengths(object?[] arguments, int index)
    {
        var lengths = Argument<IReadOnlyList<object?>>(arguments, index);
        return lengths.Count <= 64 ? [.. lengths.Select(length => length is long value ? value : throw new InvalidDataException("an axis is no whole number"))] : throw new InvalidDataException($"a tensor has {lengths.Count} axes");
    }

    /// <summary>A parameter of a tensor that is kept as it is written.</summary>
    private static object Unread(object?[] arguments) => arguments[0] is InertObject made && HarmlessCalls.Contains(made.Callable, made.Kind) ? made : Argument<StoredTensor>(arguments, 0);

    private static List<object?> Set(object?[] arguments) => arguments.Length == 0 ? new List<object?>() : Argument<IReadOnlyList<object?>>(arguments, 0).ToList();

    private static byte[] Bytes(object?[] arguments) => arguments.Length == 0 ? [] : Argument<byte[]>(arguments, 0);

    private static byte[] Encode(object?[] arguments) => Encoding.Latin1.GetBytes(Argument<string>(arguments, 0));

    /// <summary>A tensor of a subclass, whose own attributes are of no use.</summary>
    private static object? Subclass(object?[] arguments) => arguments is [PickleGlobal { MakesTensor: true, Call: { } rebuild }, _, object?[] inner, ..]
        ? rebuild(inner)
        : throw new InvalidDataException($"a tensor is rebuilt by '{(arguments.Length > 0 ? PythonText.Name(arguments[0]) : "nothing")}', which no tensor needs; it is refused");

    private static T Argument<T>(object?[] arguments, int index) => index < arguments.Length && arguments[index] is T value
        ? value
        : throw new InvalidDataException(index < arguments.Length && arguments[index] is InertObject or InertName
            ? $"argument {index} of a tensor is {PythonText.Of(arguments[index])}, which no tensor needs; it is refused"
            : $"argument {index} is not what a tensor needs there");
}
