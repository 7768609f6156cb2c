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
/// Followed are modules, optimizers and their schedules, collections, arrays, tuples, <see cref="Random"/>, generators of torch, functions, and objects of types that are neither .NET's nor TorchSharp's, with their static
/// fields; nothing is followed into what the system or another library made. Only what the call changed is written back.
/// </remarks>
internal sealed class HeldState : IDisposable
{
    /// <summary>Which fields of a type belong to each object.</summary>
    public const BindingFlags OfObjects = Fields & ~BindingFlags.Static;

    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const int MostObjects = 100_000;

    private static readonly Assembly[] _ours = [typeof(HeldState).Assembly, typeof(SnapshotArrays).Assembly]; // the inspection goes on meanwhile
    private static readonly string[] _foreign = ["System", "Microsoft.", "TorchSharp"];
    private static readonly string[] _followed =
    [
        "System.Collections.", "System.Random", "System.Lazy", "System.Tuple", "System.ValueTuple", "System.Nullable", "System.Runtime.CompilerServices.StrongBox", "System.Memory", "System.ReadOnlyMemory",
        "System.ArraySegment", "System.Text.StringBuilder", "TorchSharp.Utils.OrderedDict",
    ];

    private static readonly Type[] _updating = [typeof(optim.Optimizer), typeof(optim.lr_scheduler.LRScheduler), typeof(OptimizerState), typeof(OptimizerOptions), typeof(ParamGroup)];

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Type> _types = [];
    private readonly Queue<object> _left = new();
    private readonly Dictionary<Tensor, Tensor> _copies = new(ReferenceEqualityComparer.Instance);
    private readonly List<(object? Owner, FieldInfo Field, object? Value)> _fields = [];
    private readonly List<(object Owner, PropertyInfo Property, object? Value)> _properties = []; // of what keeps its value elsewhere
    private readonly HeldArrays _arrays;
    private readonly List<(Generator Generator, Tensor State)> _generators = [];

    private readonly bool _followsOptimizers;

    /// <summary>Puts copies in the place of what a network holds.</summary>
    /// <param name="network">The network.</param>
    /// <param name="followsOptimizers">Whether optimizers that it holds may make a step meanwhile: what they keep takes two more copies of the parameters.</param>
    /// <exception cref="NotSupportedException">It holds more than can be followed.</exception>
    public HeldState(nn.Module network, bool followsOptimizers = true)
    {
        _followsOptimizers = followsOptimizers;
        _arrays = new HeldArrays(Exchanged);
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

        foreach (var (owner, property, value) in _properties)
            property.SetValue(owner, value);
        _arrays.PutBack();
        foreach (var (generator, state) in _generators)
        {
            generator.set_state(state);
            state.Dispose();
        }

        foreach (var copy in _copies.Values)
            copy.Dispose();
        _fields.Clear();
        _properties.Clear();
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
        else if (value is WeakReference weak)
        {
            Follow(weak.Target);
        }
        else if (value?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() is var kind && (kind == typeof(ThreadLocal<>) || kind == typeof(AsyncLocal<>) || kind == typeof(WeakReference<>)))
        {
            FollowElsewhere(value, type);
        }
        else if (value is not null and not string && IsFollowed(value.GetType()) && _seen.Add(value))
        {
            if (_seen.Count > MostObjects)
                throw new NotSupportedException($"The network holds more than {MostObjects} objects, too many to put each back after a call.");
            _left.Enqueue(value);
        }
    }

    /// <summary>What keeps its value not in a field: for each thread, for each flow of calls, or as long as somebody else holds it.</summary>
    private void FollowElsewhere(object holder, Type type)
    {
        if (!_seen.Add(holder))
            return;
        if (type.GetMethod(nameof(WeakReference<object>.TryGetTarget)) is { } targeted)
        {
            var target = new object?[1];
            targeted.Invoke(holder, target);
            Follow(target[0]);
        }
        else if (type.GetProperty(nameof(ThreadLocal<object>.IsValueCreated))?.GetValue(holder) is not false)
        {
            var property = type.GetProperty(nameof(ThreadLocal<object>.Value))!;
            var value = property.GetValue(holder);
            _properties.Add((holder, property, value));
            property.SetValue(holder, Exchanged(value));
        }
    }

    private bool IsFollowed(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || typeof(Tensor).IsAssignableFrom(type) || typeof(Type).IsAssignableFrom(type))
            return false;
        if (type.IsArray || typeof(nn.Module).IsAssignableFrom(type) || type == typeof(Generator))
            return true;
        if (Array.Exists(_updating, one => one.IsAssignableFrom(type)))
            return _followsOptimizers;
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
            _arrays.Exchange(array);
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
                foreach (var field in structure.GetType().GetFields(OfObjects).Where(field => !field.FieldType.IsPointer && !field.FieldType.IsByRefLike))
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
