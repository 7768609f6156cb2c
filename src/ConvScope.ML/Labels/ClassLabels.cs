using System.Globalization;
using System.Reflection;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Tasks;

namespace ConvScope.ML.Labels;

/// <summary>The classes of a label column: how many, and the values that its keys stand for, in their original type.</summary>
internal abstract class ClassLabels
{
    private const string KeyValues = "KeyValues";

    /// <summary>No classes: those of a regression.</summary>
    public static ClassLabels None { get; } = new Unnamed([]);

    /// <summary>No and yes.</summary>
    public static ClassLabels Boolean { get; } = new Unnamed([bool.FalseString, bool.TrueString]);

    /// <summary>Number of classes <c>K</c>.</summary>
    public abstract int Count { get; }

    /// <summary>The values as text, in the order of the keys; the numbers from 0 where there are no values.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>The names where they are more than numbers: those of values, and of no and yes; null for others.</summary>
    public IReadOnlyList<string>? KnownNames => Type is not null || ReferenceEquals(this, Boolean) ? Names : null;

    /// <summary>Type of the values; null where the keys have none.</summary>
    public virtual VectorDataViewType? Type => null;

    /// <summary>The values, a boxed <c>VBuffer</c> of the type's items; null where the keys have none.</summary>
    public virtual object? Values => null;

    /// <summary>Reads the classes of a key column.</summary>
    public static ClassLabels Read(DataViewSchema.Column label)
    {
        var count = (int)((KeyDataViewType)label.Type).Count;
        return label.Annotations.Schema.GetColumnOrNull(KeyValues)?.Type is VectorDataViewType { IsKnownSize: true } type && type.Size == count
            ? (ClassLabels)Generic(nameof(ReadValues), type.ItemType.RawType, label.Annotations, type)
            : Create(count);
    }

    /// <summary>The classes of a network whose labels' values are not known.</summary>
    public static ClassLabels Of(NetworkSpec network) => network.Task is BinaryTask ? Boolean : Create(network.ClassCount);

    /// <summary>Classes whose keys have no values.</summary>
    public static ClassLabels Create(int count) => new Unnamed([.. Enumerable.Range(0, count).Select(index => index.ToString(CultureInfo.InvariantCulture))]);

    /// <summary>Classes with names.</summary>
    public static ClassLabels Create(IReadOnlyList<string> names) => new Named<ReadOnlyMemory<char>>(
        new VectorDataViewType(TextDataViewType.Instance, names.Count), new VBuffer<ReadOnlyMemory<char>>(names.Count, [.. names.Select(name => name.AsMemory())]));

    /// <summary>Classes with given values, a boxed <c>VBuffer</c> of the type's items.</summary>
    public static ClassLabels Create(VectorDataViewType type, object values) => (ClassLabels)Generic(nameof(CreateNamed), type.ItemType.RawType, type, values);

    /// <summary>The class of another column that each of these is, from 0, -1 for none; null where both columns number the same values in the same order, or none of them has values.</summary>
    /// <param name="others">The other column's.</param>
    /// <param name="column">Name of the label column.</param>
    /// <exception cref="ArgumentOutOfRangeException">They cannot be told apart.</exception>
    public int[]? PlacesIn(ClassLabels others, string column)
    {
        if ((Type is null) != (others.Type is null) || (Type is not null && Type.ItemType.RawType != others.Type!.ItemType.RawType) || (Type is null && Count != others.Count))
            throw new ArgumentOutOfRangeException(null, $"Label column '{column}' of the validation set cannot be matched with that of the training set: {Words(this)} against {Words(others)}.");
        if (Type is null || Names.SequenceEqual(others.Names))
            return null;
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, name) in others.Names.Index())
            places.TryAdd(name, index);
        return [.. Names.Select(name => places.GetValueOrDefault(name, -1))];
    }

    private static string Words(ClassLabels labels) => labels.Type is null
        ? $"{labels.Count} classes without values"
        : $"{labels.Count} values of {labels.Type.ItemType} ({string.Join(", ", labels.Names.Take(5))}{(labels.Count > 5 ? ", …" : "")})";

    /// <summary>Adds the values as an annotation; nothing where there are none.</summary>
    public virtual void AddValues(DataViewSchema.Annotations.Builder annotations, string kind)
    {
    }

    /// <summary>Adds the names as an annotation of text; nothing where the keys have no values.</summary>
    public virtual void AddNames(DataViewSchema.Annotations.Builder annotations, string kind)
    {
    }

    private static object Generic(string method, Type item, params object[] arguments) =>
        typeof(ClassLabels).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(item).Invoke(null, arguments)!;

    private static Named<T> ReadValues<T>(DataViewSchema.Annotations annotations, VectorDataViewType type)
    {
        VBuffer<T> values = default;
        annotations.GetValue(KeyValues, ref values);
        return new Named<T>(type, values);
    }

    private static Named<T> CreateNamed<T>(VectorDataViewType type, object values) => new(type, (VBuffer<T>)values);

    private sealed class Unnamed(string[] names) : ClassLabels
    {
        public override int Count => names.Length;

        public override IReadOnlyList<string> Names => names;
    }

    private sealed class Named<T> : ClassLabels
    {
        private readonly T[] _values;

        public Named(VectorDataViewType type, VBuffer<T> values)
        {
            Type = new VectorDataViewType((PrimitiveDataViewType)type.ItemType, values.Length);
            _values = [.. values.DenseValues()];
            Names = [.. _values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")];
        }

        public override int Count => _values.Length;

        public override IReadOnlyList<string> Names { get; }

        public override VectorDataViewType Type { get; }

        public override object Values => new VBuffer<T>(_values.Length, [.. _values]);

        public override void AddValues(DataViewSchema.Annotations.Builder annotations, string kind) =>
            annotations.Add(kind, Type, (ref VBuffer<T> target) => new VBuffer<T>(_values.Length, _values).CopyTo(ref target));

        public override void AddNames(DataViewSchema.Annotations.Builder annotations, string kind)
        {
            var names = Names.Select(name => name.AsMemory()).ToArray();
            annotations.Add(kind, new VectorDataViewType(TextDataViewType.Instance, names.Length),
                (ref VBuffer<ReadOnlyMemory<char>> target) => new VBuffer<ReadOnlyMemory<char>>(names.Length, names).CopyTo(ref target));
        }
    }
}
