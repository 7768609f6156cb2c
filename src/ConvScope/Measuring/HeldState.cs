using System.Reflection;
using System.Runtime.CompilerServices;
using ConvScope.Records.Recording;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// What a network holds beside its parameters: tensors, numbers and objects in its fields, in collections, and in what its hooks and functions have captured. While this is open the network has copies of its tensors, so
/// that a call may replace, change or dispose them; then everything is put back, the very same objects with the very same values.
/// </summary>
/// <remarks>
/// Followed are modules, collections, tuples, <see cref="Random"/>, generators of torch, functions, and objects of types that are neither .NET's nor TorchSharp's, with their static fields; nothing is followed into what
/// the system or another library made. Only what the call changed is written back.
/// </remarks>
internal sealed class HeldState : IDisposable
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const int MostObjects = 100_000, LongestArray = 1 << 16;

    private static readonly Assembly[] _ours = [typeof(HeldState).Assembly, typeof(SnapshotArrays).Assembly]; // the inspection goes on meanwhile
    private static readonly string[] _foreign = ["System", "Microsoft.", "TorchSharp"];
    private static readonly string[] _followed = ["System.Collections.", "System.Random", "System.Lazy", "System.Tuple", "System.ValueTuple", "System.Nullable", "System.Runtime.CompilerServices.StrongBox", "TorchSharp.Utils.OrderedDict"];

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Type> _types = [];
    private readonly Queue<object> _left = new();
    private readonly Dictionary<Tensor, Tensor> _copies = new(ReferenceEqualityComparer.Instance);
    private readonly List<(object? Owner, FieldInfo Field, object? Value)> _fields = [];
    private readonly List<(Array Array, Array Values)> _arrays = [];
    private readonly List<(Generator Generator, Tensor State)> _generators = [];

    /// <summary>Puts copies in the place of what a network holds.</summary>
    /// <exception cref="NotSupportedException">It holds more than can be followed.</exception>
    public HeldState(nn.Module network)
    {
        using var untracked = no_grad();
        try
        {
            Follow(network);
            while (_left.TryDequeue(out var next))
                Exchange(next);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var (owner, field, value) in _fields)
        {
            if (!IsSame(field.GetValue(owner), value))
                field.SetValue(owner, value);
        }

        foreach (var (array, values) in _arrays)
            Array.Copy(values, array, values.Length);
        foreach (var (generator, state) in _generators)
        {
            generator.set_state(state);
            state.Dispose();
        }

        foreach (var copy in _copies.Values)
            copy.Dispose();
        _fields.Clear();
        _arrays.Clear();
        _generators.Clear();
        _copies.Clear();
    }

    private static bool IsSame(object? now, object? before) => ReferenceEquals(now, before) || (now is ValueType && now.GetType().IsPrimitive && now.Equals(before));

    private void Follow(object? value)
    {
        if (value is Delegate function)
        {
            foreach (var one in function.GetInvocationList())
                Follow(one.Target);
        }
        else if (value is not null and not string && IsFollowed(value.GetType()) && _seen.Add(value))
        {
            if (_seen.Count > MostObjects)
                throw new NotSupportedException($"The network holds more than {MostObjects} objects, too many to put each back after a call.");
            _left.Enqueue(value);
        }
    }

    private static bool IsFollowed(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || typeof(Tensor).IsAssignableFrom(type) || typeof(Type).IsAssignableFrom(type))
            return false;
        if (type.IsArray || typeof(nn.Module).IsAssignableFrom(type) || type == typeof(Generator))
            return true;
        return !IsForeign(type) || Array.Exists(_followed, prefix => type.FullName?.StartsWith(prefix, StringComparison.Ordinal) == true);
    }

    private static bool IsForeign(Type type) => _ours.Contains(type.Assembly) || Array.Exists(_foreign, prefix => type.Namespace?.StartsWith(prefix, StringComparison.Ordinal) == true);

    private void Exchange(object owner)
    {
        if (owner is Generator generator)
        {
            _generators.Add((generator, generator.get_state().DetachFromDisposeScope()));
            return;
        }

        if (owner is Array array)
        {
            Exchange(array);
            return;
        }

        for (var type = owner.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            var isNew = _types.Add(type);
            foreach (var field in type.GetFields(Fields))
            {
                if (field.IsLiteral || (field.IsStatic && (!isNew || IsForeign(type) || type.ContainsGenericParameters)))
                    continue;
                Exchange(field.IsStatic ? null : owner, field);
            }
        }
    }

    private void Exchange(object? owner, FieldInfo field)
    {
        if (field.FieldType.IsPointer || field.FieldType.IsByRefLike)
            return;
        var value = field.GetValue(owner);
        if (value is Parameter || (field.IsStatic && field.IsInitOnly))
        {
            Follow(value); // a constant cannot be set; what it refers to can
            return;
        }

        _fields.Add((owner, field, value));
        if (value is Tensor && IsCaptured(field))
            return;
        var exchanged = Exchanged(value);
        if (!ReferenceEquals(exchanged, value))
            field.SetValue(owner, exchanged);
    }

    /// <summary>Whether a field is a variable that a function has captured. Other threads may use it too, so it keeps its tensor.</summary>
    private static bool IsCaptured(FieldInfo field) => field.DeclaringType?.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) == true;

    private void Exchange(Array array)
    {
        if (array.Rank != 1 || array.Length > LongestArray || array.GetType().GetElementType() is not { IsPointer: false } element)
            return;
        _arrays.Add((array, (Array)array.Clone()));
        if (element.IsPrimitive || element.IsEnum || element == typeof(string))
            return;
        for (var index = 0; index < array.Length; index++)
        {
            var value = array.GetValue(index);
            var exchanged = Exchanged(value);
            if (!ReferenceEquals(exchanged, value))
                array.SetValue(exchanged, index);
        }
    }

    /// <summary>What stands in the place of a value meanwhile: a copy of a tensor, a value with copies in it, or itself.</summary>
    private object? Exchanged(object? value)
    {
        switch (value)
        {
            case null or Parameter:
                return value;
            case Tensor tensor:
                return tensor.IsInvalid ? tensor : Copy(tensor);
            case ValueType structure when !structure.GetType().IsPrimitive && IsFollowed(structure.GetType()):
                var box = RuntimeHelpers.GetObjectValue(structure); // another one: the first is what is put back
                foreach (var field in structure.GetType().GetFields(Fields & ~BindingFlags.Static).Where(field => !field.FieldType.IsPointer && !field.FieldType.IsByRefLike))
                {
                    var inside = field.GetValue(box);
                    var exchanged = Exchanged(inside);
                    if (!ReferenceEquals(exchanged, inside))
                        field.SetValue(box, exchanged);
                }

                return box;
            default:
                Follow(value);
                return value;
        }
    }

    private Tensor Copy(Tensor tensor)
    {
        if (!_copies.TryGetValue(tensor, out var copy))
            _copies[tensor] = copy = tensor.detach().clone().DetachFromDisposeScope();
        return copy;
    }
}
