using System.Text;
using ConvScope.Records.Files;

namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>
/// Reads a pickle of tensors, or of what another dialect has, and plain values. It is a machine with a stack and a memo that knows <see cref="PickleOpcode"/> and the globals of its dialect: nothing is looked up beyond
/// them and nothing of the file is executed.
/// </summary>
/// <param name="input">The bytes.</param>
/// <param name="storageOf">Finds the storage of a persistent identifier.</param>
/// <param name="dialect">What the pickle may ask for; null for tensors.</param>
internal sealed class PickleReader(PickleInput input, Func<object?[], PickleStorage> storageOf, PickleDialect? dialect = null)
{
    private const int MostOperations = 5_000_000;
    private const int MostMarks = 1000;
    private readonly PickleDialect _dialect = dialect ?? PickleDialect.Tensors;
    private readonly Stack<List<object?>> _marked = new();
    private readonly Dictionary<int, object?> _memo = [];
    private List<object?> _stack = [];
    private long _work; // values that calls may have copied: short pickles can ask for long work

    /// <summary>Reads one pickle up to its end.</summary>
    /// <returns>Null, bool, long, <see cref="System.Numerics.BigInteger"/>, double, string, byte[], a tuple as <c>object?[]</c>, a list, a dictionary, or a tensor.</returns>
    /// <exception cref="DamagedFileException">The pickle is damaged or asks for something that tensors do not need; the message says where and what.</exception>
    public object? Read()
    {
        for (var operation = 0; operation < MostOperations; operation++)
        {
            var code = (PickleOpcode)input.Byte();
            if (code == PickleOpcode.Stop)
                return Pop();
            try
            {
                Execute(code);
            }
            catch (InvalidDataException exception)
            {
                throw input.Broken(exception.Message, exception); // what the tensor or its arguments say gets the place
            }
        }

        throw input.Broken($"the pickle has more than {MostOperations} operations");
    }

    /// <summary>Adds to a dictionary; the last of equal keys counts, as in Python.</summary>
    internal static void Put(OrderedDictionary<object, object?> dictionary, object? key, object? value)
    {
        if (key is not (string or long or double or bool))
            throw new InvalidDataException("a dictionary has a key that is neither text nor a number");
        dictionary[key] = value;
    }

    private void Execute(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Protocol when input.Byte() is var version && version > 5:
                throw input.Broken($"the pickle has protocol {version}");
            case PickleOpcode.Protocol:
                break;
            case PickleOpcode.Mark:
                if (_marked.Count == MostMarks)
                    throw input.Broken($"the pickle nests more than {MostMarks} deep");
                _marked.Push(_stack);
                _stack = [];
                break;
            case PickleOpcode.Global:
                Push(Global(input.Line(), input.Line()));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObject:
                var arguments = Pop<object?[]>("a tuple of arguments");
                Push(Call(Pop<PickleGlobal>("something to call"), arguments));
                break;
            case PickleOpcode.Build:
                var state = Pop();
                _dialect.Build(Peek<object?>("something with a state"), state);
                break;
            case PickleOpcode.BinPersistentId:
                Push(storageOf(Pop<object?[]>("the identifier of a storage")));
                break;
            default:
                if (!Constant(code) && !Collection(code) && !Remember(code))
                    throw input.Broken($"the pickle uses opcode 0x{(byte)code:x2}, which no {_dialect.Purpose} needs; it is refused");
                break;
        }
    }

    private bool Constant(PickleOpcode code)
    {
        object? value;
        switch (code)
        {
            case PickleOpcode.None: value = null; break;
            case PickleOpcode.NewTrue: value = true; break;
            case PickleOpcode.NewFalse: value = false; break;
            case PickleOpcode.BinInt: value = (long)input.Int32(); break;
            case PickleOpcode.BinInt1: value = (long)input.Byte(); break;
            case PickleOpcode.BinInt2: value = (long)input.UInt16(); break;
            case PickleOpcode.Long1: value = input.Integer(input.Byte()); break;
            case PickleOpcode.BinFloat: value = input.BigEndianDouble(); break;
            case PickleOpcode.BinUnicode: value = input.Text((uint)input.Int32()); break;
            case PickleOpcode.ShortBinString when _dialect.HasByteStrings: value = Encoding.Latin1.GetString(input.Bytes(input.Byte())); break;
            case PickleOpcode.ShortBinString: value = input.Text(input.Byte()); break;
            case PickleOpcode.BinString when _dialect.HasByteStrings: value = input.Bytes((uint)input.Int32()); break;
            case PickleOpcode.EmptyTuple: value = Array.Empty<object?>(); break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet: value = new List<object?>(); break;
            case PickleOpcode.EmptyDictionary: value = new OrderedDictionary<object, object?>(); break;
            default: return false;
        }

        Push(value);
        return true;
    }

    private bool Collection(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Tuple:
                Push(ToMark().ToArray());
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                var items = new object?[code - PickleOpcode.Tuple1 + 1];
                for (var i = items.Length - 1; i >= 0; i--)
                    items[i] = Pop();
                Push(items);
                break;
            case PickleOpcode.Append:
                var item = Pop();
                Peek<List<object?>>("a list").Add(item);
                break;
            case PickleOpcode.Appends or PickleOpcode.AddItems:
                var added = ToMark();
                Peek<List<object?>>("a list").AddRange(added);
                break;
            case PickleOpcode.SetItem:
                var (value, key) = (Pop(), Pop());
                Put(Peek<OrderedDictionary<object, object?>>("a dictionary"), key, value);
                break;
            case PickleOpcode.SetItems:
                var pairs = ToMark();
                var dictionary = Peek<OrderedDictionary<object, object?>>("a dictionary");
                if (pairs.Count % 2 != 0)
                    throw input.Broken("a dictionary has a key without a value");
                for (var i = 0; i < pairs.Count; i += 2)
                    Put(dictionary, pairs[i], pairs[i + 1]);
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Remember(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.BinPut: _memo[input.Byte()] = Peek<object?>("a value"); break;
            case PickleOpcode.LongBinPut: _memo[input.Int32()] = Peek<object?>("a value"); break;
            case PickleOpcode.BinGet: Push(Recall(input.Byte())); break;
            case PickleOpcode.LongBinGet: Push(Recall(input.Int32())); break;
            default: return false;
        }

        return true;
    }

    private object? Recall(int index) => _memo.TryGetValue(index, out var value) ? value : throw input.Broken($"the pickle refers to entry {index} of its memo, which is not there");

    private PickleGlobal Global(string module, string name) => _dialect.Find(module, name) ?? throw input.Broken(
        $"the pickle asks for '{module}.{name}', which no {_dialect.Purpose} needs; it is refused{_dialect.Advice}");

    private object? Call(PickleGlobal global, object?[] arguments)
    {
        if (global.Call is null)
            throw input.Broken($"the pickle calls '{global.Name}', which is no function");
        _work += arguments.Sum(argument => argument switch { string text => text.Length, byte[] bytes => bytes.Length, IReadOnlyCollection<object?> items => items.Count, _ => 0 });
        return _work <= MostOperations ? global.Call(arguments) : throw input.Broken($"the pickle copies more than {MostOperations} values");
    }

    private List<object?> ToMark()
    {
        var items = _stack;
        _stack = _marked.TryPop(out var outer) ? outer : throw input.Broken("the pickle closes what it never opened");
        return items;
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Pop()
    {
        var value = Peek<object?>("a value");
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private T Pop<T>(string what)
    {
        var value = Peek<T>(what);
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private T Peek<T>(string what)
    {
        if (_stack.Count == 0)
            throw input.Broken($"the pickle needs {what} and has nothing");
        return typeof(T) == typeof(object) || _stack[^1] is T ? (T)_stack[^1]! : throw input.Broken($"the pickle needs {what} and has something else");
    }
}
