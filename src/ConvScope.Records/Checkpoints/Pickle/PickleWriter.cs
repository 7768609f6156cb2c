using System.Buffers.Binary;
using System.Text;

namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>Writes plain values and tensors as a pickle of protocol 2, with the opcodes that <see cref="PickleReader"/> reads.</summary>
internal sealed class PickleWriter(Stream stream)
{
    private const int Deepest = 100;
    private readonly List<StoredTensor> _tensors = [];

    /// <summary>The tensors that were written; the key of a storage is the index here.</summary>
    public IReadOnlyList<StoredTensor> Tensors => _tensors;

    /// <summary>Writes one whole pickle.</summary>
    /// <exception cref="ArgumentException">A value is of a kind that a checkpoint cannot hold, or lies too deep.</exception>
    public void Write(object? root)
    {
        Code(PickleOpcode.Protocol);
        stream.WriteByte(2);
        Value(root, 0);
        Code(PickleOpcode.Stop);
    }

    private void Value(object? value, int depth)
    {
        if (depth > Deepest)
            throw new ArgumentException($"The object nests more than {Deepest} deep.", nameof(value));
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
            case IReadOnlyDictionary<object, object?> dictionary: Pairs(dictionary.Select(entry => (entry.Key, entry.Value)), depth); break;
            case IReadOnlyDictionary<string, object?> dictionary: Pairs(dictionary.Select(entry => ((object)entry.Key, entry.Value)), depth); break;
            case object?[] tuple: Tuple(() => Items(tuple, depth)); break;
            case IReadOnlyList<object?> list:
                Code(PickleOpcode.EmptyList);
                Code(PickleOpcode.Mark);
                Items(list, depth);
                Code(PickleOpcode.Appends);
                break;
            default: throw new ArgumentException($"A checkpoint cannot hold a value of type {value.GetType()}.", nameof(value));
        }
    }

    private void Items(IReadOnlyList<object?> items, int depth)
    {
        foreach (var item in items)
            Value(item, depth + 1);
    }

    private void Pairs(IEnumerable<(object Key, object? Value)> pairs, int depth)
    {
        Code(PickleOpcode.EmptyDictionary);
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
        Global("torch._utils", "_rebuild_tensor_v2");
        Tuple(() =>
        {
            Tuple(() =>
            {
                Text("storage");
                Global("torch", tensor.Type.StorageName());
                Text($"{_tensors.Count}");
                Text("cpu");
                Integer(tensor.Count);
            });
            Code(PickleOpcode.BinPersistentId);
            Integer(0);
            Lengths(tensor.Shape);
            Lengths(StoredTensor.RowMajor([.. tensor.Shape], null));
            Code(PickleOpcode.NewFalse);
            Global("collections", "OrderedDict");
            Code(PickleOpcode.EmptyTuple);
            Code(PickleOpcode.Reduce);
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
        stream.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
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
