using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>Writes plain values and tensors as a pickle of protocol 2, with the opcodes that <see cref="PickleReader"/> reads.</summary>
internal sealed class PickleWriter(Stream stream)
{
    private const int Deepest = 100;
    private readonly List<StoredTensor> _tensors = [];
    private readonly Dictionary<object, int> _memo = new(ReferenceEqualityComparer.Instance);

    /// <summary>The tensors that were written; the key of a storage is the index here.</summary>
    public IReadOnlyList<StoredTensor> Tensors => _tensors;

    /// <summary>Writes one whole pickle.</summary>
    /// <exception cref="ArgumentException">A value is of a kind that a checkpoint cannot hold, or lies too deep.</exception>
    public void Write(object? root)
    {
        Code(PickleOpcode.Protocol);
        stream.WriteByte(2); // what weights_only reads; the few newer opcodes stand for what came from newer files
        Value(root, 0);
        Code(PickleOpcode.Stop);
    }

    private void Value(object? value, int depth)
    {
        if (depth > Deepest)
            throw new ArgumentException($"The object nests more than {Deepest} deep.", nameof(value));
        if (value is not null && _memo.TryGetValue(value, out var known))
        {
            Code(PickleOpcode.LongBinGet); // shared in the file, and so once here; it may hold itself
            Index(known);
            return;
        }

        switch (value)
        {
            case null: Code(PickleOpcode.None); break;
            case bool truth: Code(truth ? PickleOpcode.NewTrue : PickleOpcode.NewFalse); break;
            case int number: Integer(number); break;
            case long number: Integer(number); break;
            case float number: Float(number); break;
            case double number: Float(number); break;
            case string text: Text(text); break;
            case StoredTensor tensor: Tensor(tensor); break;
            case byte[] bytes: Bytes(bytes); break;
            case BigInteger number: Large(number); break;
            case Complex number: Called("__builtin__", "complex", [number.Real, number.Imaginary], depth); break;
            case InertKey key: Value(key.Value, depth + 1); break;
            case InertName name: Global(name.Module, name.Name); break;
            case PickleGlobal name: Global(name.Name[..name.Name.LastIndexOf('.')], name.Name[(name.Name.LastIndexOf('.') + 1)..]); break;
            case InertObject made: Inert(made, depth); break;
            case IReadOnlyDictionary<object, object?> dictionary:
                Code(PickleOpcode.EmptyDictionary);
                Remember(value);
                Pairs(dictionary.Select(entry => (entry.Key, entry.Value)), depth);
                break;
            case IReadOnlyDictionary<string, object?> dictionary:
                Code(PickleOpcode.EmptyDictionary);
                Remember(value);
                Pairs(dictionary.Select(entry => ((object)entry.Key, entry.Value)), depth);
                break;
            case object?[] tuple:
                Tuple(() => Items(tuple, depth));
                if (tuple.Length > 0)
                    Remember(tuple);
                break;
            case IReadOnlyList<object?> list:
                Code(PickleOpcode.EmptyList);
                Remember(value);
                List(list, depth);
                break;
            default: throw new ArgumentException($"A checkpoint cannot hold a value of type {value.GetType()}.", nameof(value));
        }
    }

    private void List(IReadOnlyList<object?> list, int depth)
    {
        Code(PickleOpcode.Mark);
        Items(list, depth);
        Code(PickleOpcode.Appends);
    }

    /// <summary>An object of an unknown class, as the file that it came from made it.</summary>
    private void Inert(InertObject made, int depth)
    {
        Value(made.Callable, depth + 1);
        Value(made.Arguments.ToArray(), depth + 1);
        if (made.Keywords is { } keywords)
            Value(keywords, depth + 1);
        Code(made.Kind == InertKind.Call ? PickleOpcode.Reduce : made.Keywords is null ? PickleOpcode.NewObject : PickleOpcode.NewObjectExtended);
        Remember(made);
        if (made.Items.Count > 0)
            List(made.Items, depth);
        if (made.Entries.Count > 0)
            Pairs(made.Entries.Select(entry => (entry.Key, entry.Value)), depth);
        if (!made.HasState)
            return;
        Value(made.State, depth + 1);
        Code(PickleOpcode.Build);
    }

    /// <summary><c>_codecs.encode(text, "latin1")</c>, as protocol 2 writes bytes.</summary>
    private void Bytes(byte[] bytes) => Called("_codecs", "encode", [Encoding.Latin1.GetString(bytes), "latin1"], 0);

    private void Called(string module, string name, object?[] arguments, int depth)
    {
        Global(module, name);
        Tuple(() => Items(arguments, depth));
        Code(PickleOpcode.Reduce);
    }

    private void Remember(object value)
    {
        var index = _memo[value] = _memo.Count;
        Code(PickleOpcode.LongBinPut);
        Index(index);
    }

    private void Index(int index) => Fixed(sizeof(int), span => BinaryPrimitives.WriteInt32LittleEndian(span, index));

    private void Large(BigInteger number)
    {
        var bytes = number.ToByteArray();
        Code(PickleOpcode.Long4);
        Index(bytes.Length);
        stream.Write(bytes);
    }

    private void Items(IReadOnlyList<object?> items, int depth)
    {
        foreach (var item in items)
            Value(item, depth + 1);
    }

    private void Pairs(IEnumerable<(object Key, object? Value)> pairs, int depth)
    {
        Code(PickleOpcode.Mark);
        foreach (var (key, value) in pairs)
        {
            Value(key, depth + 1);
            Value(value, depth + 1);
        }

        Code(PickleOpcode.SetItems);
    }

    /// <summary><c>torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())</c>.</summary>
    private void Tensor(StoredTensor tensor)
    {
        var rowMajor = tensor.Contiguous();
        var storage = tensor.Type.StorageName();
        Global("torch._utils", storage is null ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
        Tuple(() =>
        {
            Tuple(() =>
            {
                Text("storage");
                Global(storage is null ? "torch.storage" : "torch", storage ?? "UntypedStorage");
                Text($"{_tensors.Count}");
                Text("cpu");
                Integer(storage is null ? tensor.Count * tensor.Type.Size() : tensor.Count);
            });
            Code(PickleOpcode.BinPersistentId);
            Integer(0);
            Lengths(tensor.Shape);
            Lengths(StoredTensor.RowMajor([.. tensor.Shape], null));
            Code(PickleOpcode.NewFalse);
            Global("collections", "OrderedDict");
            Code(PickleOpcode.EmptyTuple);
            Code(PickleOpcode.Reduce);
            if (storage is null)
                Global("torch", tensor.Type.TorchName());
        });
        Code(PickleOpcode.Reduce);
        _tensors.Add(rowMajor);
    }

    private void Lengths(IReadOnlyList<long> lengths) => Tuple(() =>
    {
        foreach (var length in lengths)
            Integer(length);
    });

    private void Tuple(Action items)
    {
        Code(PickleOpcode.Mark);
        items();
        Code(PickleOpcode.Tuple);
    }

    private void Global(string module, string name)
    {
        Code(PickleOpcode.Global);
        stream.Write(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Code(PickleOpcode.BinUnicode);
        Fixed(sizeof(int), span => BinaryPrimitives.WriteInt32LittleEndian(span, bytes.Length));
        stream.Write(bytes);
    }

    private void Integer(long number)
    {
        if (number is >= int.MinValue and <= int.MaxValue)
        {
            Code(PickleOpcode.BinInt);
            Fixed(sizeof(int), span => BinaryPrimitives.WriteInt32LittleEndian(span, (int)number));
            return;
        }

        Code(PickleOpcode.Long1);
        stream.WriteByte(sizeof(long));
        Fixed(sizeof(long), span => BinaryPrimitives.WriteInt64LittleEndian(span, number));
    }

    private void Float(double number)
    {
        Code(PickleOpcode.BinFloat);
        Fixed(sizeof(double), span => BinaryPrimitives.WriteDoubleBigEndian(span, number));
    }

    private void Fixed(int size, SpanAction write)
    {
        Span<byte> span = stackalloc byte[size];
        write(span);
        stream.Write(span);
    }

    private void Code(PickleOpcode code) => stream.WriteByte((byte)code);

    private delegate void SpanAction(Span<byte> span);
}
