using System.Text;
using System.Globalization;
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
    public const int MostOperations = 5_000_000;
    private const int MostMarks = 1000;
    private readonly PickleDialect _dialect = dialect ?? PickleDialect.Tensors;
    private readonly PickleCalls _calls = new(input, dialect ?? PickleDialect.Tensors);
    private readonly Stack<List<object?>> _marked = new();
    private readonly Dictionary<int, object?> _memo = [];
    private List<object?> _stack = [];

    /// <summary>What Python would call that is not known to be harmless, each call once, in the order of the file.</summary>
    public IReadOnlyList<PickleCall> Calls => _calls.Told;

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
        dictionary[key is string or long or double or bool or System.Numerics.BigInteger or InertKey ? key : new InertKey(key)] = value;
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
                Push(_calls.Global(input.Line(), input.Line()));
                break;
            case PickleOpcode.Build:
                var state = Pop();
                _dialect.Build(Peek<object>("something with a state"), state);
                break;
            case PickleOpcode.BinPersistentId:
                Push(storageOf(Pop<object?[]>("the identifier of a storage")));
                break;
            default:
                if (PickleConstants.TryRead(code, input, _dialect, out var constant))
                    Push(constant);
                else if (!Collection(code) && !Remember(code) && !Made(code))
                    throw input.Broken($"the pickle uses opcode 0x{(byte)code:x2}, which no {_dialect.Purpose} needs; it is refused");
                break;
        }
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
                Listed().Add(item);
                break;
            case PickleOpcode.Appends or PickleOpcode.AddItems:
                var added = ToMark();
                Listed().AddRange(added);
                break;
            case PickleOpcode.SetItem:
                var (value, key) = (Pop(), Pop());
                Put(Dictionary(), key, value);
                break;
            case PickleOpcode.SetItems:
                PutAll(ToMark(), Dictionary());
                break;
            case PickleOpcode.Dictionary:
                var made = new OrderedDictionary<object, object?>();
                PutAll(ToMark(), made);
                Push(made);
                break;
            case PickleOpcode.List:
                Push(ToMark());
                break;
            case PickleOpcode.Pop when _stack.Count == 0:
                ToMark();
                break;
            case PickleOpcode.Pop:
                Pop();
                break;
            case PickleOpcode.PopMark:
                ToMark();
                break;
            case PickleOpcode.Duplicate:
                Push(Peek<object>("a value"));
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
            case PickleOpcode.Memoize: _memo[_memo.Count] = Peek<object>("a value"); break;
            case PickleOpcode.Put: _memo[Index(input.Line())] = Peek<object>("a value"); break;
            case PickleOpcode.Get: Push(Recall(Index(input.Line()))); break;
            case PickleOpcode.BinPut: _memo[input.Byte()] = Peek<object>("a value"); break;
            case PickleOpcode.LongBinPut: _memo[input.Int32()] = Peek<object>("a value"); break;
            case PickleOpcode.BinGet: Push(Recall(input.Byte())); break;
            case PickleOpcode.LongBinGet: Push(Recall(input.Int32())); break;
            default: return false;
        }

        return true;
    }

    private bool Made(PickleOpcode code)
    {
        switch (code)
        {
            case PickleOpcode.Frame:
                if (input.Int64() is var length && (length < 0 || length > input.Left))
                    throw input.Broken($"a frame of {length} bytes does not fit into the {input.Left} that are left");
                break;
            case PickleOpcode.StackGlobal:
                var member = Pop<string>("a name");
                Push(_calls.Global(Pop<string>("a module"), member));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObject:
                var arguments = Pop<object?[]>("a tuple of arguments");
                Push(_calls.Make(Pop(), arguments, code == PickleOpcode.Reduce ? InertKind.Call : InertKind.New));
                break;
            case PickleOpcode.NewObjectExtended:
                var keywords = Pop<OrderedDictionary<object, object?>>("named arguments");
                var positions = Pop<object?[]>("a tuple of arguments");
                Push(_calls.Make(Pop(), positions, InertKind.New, keywords));
                break;
            case PickleOpcode.Instance:
                var type = _calls.Global(input.Line(), input.Line());
                Push(_calls.Make(type, [.. ToMark()], InertKind.Call));
                break;
            case PickleOpcode.Object:
                var parts = ToMark();
                Push(parts is [var first, .. var rest] ? _calls.Make(first, [.. rest], InertKind.Call) : throw input.Broken("an object has no class"));
                break;
            case PickleOpcode.FrozenSet:
                Push(new InertObject(new InertName("builtins", "frozenset"), [ToMark()], InertKind.Call));
                break;
            default:
                return false;
        }

        return true;
    }

    private object? Recall(int index) => _memo.TryGetValue(index, out var value) ? value : throw input.Broken($"the pickle refers to entry {index} of its memo, which is not there");

    private int Index(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : throw input.Broken("the number of a memo's entry is none");

    private void PutAll(List<object?> pairs, OrderedDictionary<object, object?> dictionary)
    {
        if (pairs.Count % 2 != 0)
            throw input.Broken("a dictionary has a key without a value");
        for (var i = 0; i < pairs.Count; i += 2)
            Put(dictionary, pairs[i], pairs[i + 1]);
    }

    private List<object?> Listed() => Peek<object>("a list") is InertObject made ? made.Appended ??= [] : Peek<List<object?>>("a list");

    private OrderedDictionary<object, object?> Dictionary() =>
        Peek<object>("a dictionary") is InertObject made ? made.Set ??= [] : Peek<OrderedDictionary<object, object?>>("a dictionary");

    private List<object?> ToMark()
    {
        var items = _stack;
        _stack = _marked.TryPop(out var outer) ? outer : throw input.Broken("the pickle closes what it never opened");
        return items;
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Pop()
    {
        var value = Peek<object>("a value");
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
