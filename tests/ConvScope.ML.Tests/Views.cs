using System.Reflection;

namespace ConvScope.ML.Tests;

/// <summary>Reads views and compares them as ML.NET's own test suite does.</summary>
internal static class Views
{
    /// <summary>Every active value as text, row by row; floats in full precision.</summary>
    public static List<object?[]> Read(IDataView view, Func<DataViewSchema.Column, bool> isActive)
    {
        var columns = view.Schema.Where(isActive).ToArray();
        using var cursor = view.GetRowCursor(columns);
        var getters = columns.Select(column => Getter(cursor, column)).ToArray();
        var rows = new List<object?[]>();
        while (cursor.MoveNext())
            rows.Add([.. getters.Select(getter => getter())]);
        return rows;
    }

    /// <summary>A getter of any column that gives arrays, numbers and texts.</summary>
    public static Func<object?> Getter(DataViewRow row, DataViewSchema.Column column) => (Func<object?>)typeof(Views)
        .GetMethod(column.Type is VectorDataViewType ? nameof(VectorGetter) : nameof(ScalarGetter), BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(column.Type is VectorDataViewType vector ? vector.ItemType.RawType : column.Type.RawType)
        .Invoke(null, [row, column])!;

    public static void AssertSameValues(IReadOnlyList<object?[]> actual, IReadOnlyList<object?[]> expected, string what)
    {
        Assert.That(actual, Has.Count.EqualTo(expected.Count), what);
        for (var row = 0; row < actual.Count; row++)
        {
            for (var column = 0; column < actual[row].Length; column++)
                AssertSame(actual[row][column], expected[row][column], $"{what}, row {row}, column {column}");
        }
    }

    public static void AssertSame(object? actual, object? expected, string what)
    {
        if (expected is float[] floats)
            Assert.That((float[])actual!, Is.EqualTo(floats).Within(1e-6f), what);
        else
            Assert.That(actual, Is.EqualTo(expected), what);
    }

    /// <summary>Same count, order, names, exact types and annotations.</summary>
    public static void AssertSameSchema(DataViewSchema actual, DataViewSchema expected)
    {
        Assert.That(actual.Select(column => column.Name), Is.EqualTo(expected.Select(column => column.Name)));
        foreach (var column in expected)
        {
            var other = actual[column.Index];
            Assert.That(other.Type, Is.EqualTo(column.Type), column.Name);
            Assert.That(actual[column.Name].Index, Is.EqualTo(expected[column.Name].Index), column.Name);
            var kinds = column.Annotations.Schema.Select(kind => kind.Name).ToArray();
            Assert.That(other.Annotations.Schema.Select(kind => kind.Name), Is.EquivalentTo(kinds), column.Name);
            foreach (var kind in column.Annotations.Schema)
                AssertSame(Annotation(other.Annotations, other.Annotations.Schema[kind.Name]), Annotation(column.Annotations, kind), $"{column.Name}.{kind.Name}");
        }
    }

    /// <summary>The shape of a schema, which ML.NET keeps internal.</summary>
    public static SchemaShape Shape(DataViewSchema schema) =>
        (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.NonPublic | BindingFlags.Static)!.Invoke(null, [schema])!;

    /// <summary>What was promised of a schema fits what was delivered, both ways.</summary>
    public static void AssertPromise(SchemaShape promised, DataViewSchema delivered)
    {
        var shape = Shape(delivered);
        Assert.That(promised.Select(column => column.Name), Is.EquivalentTo(shape.Select(column => column.Name)));
        foreach (var column in promised)
        {
            var other = shape.Single(candidate => candidate.Name == column.Name);
            Assert.That(IsCompatible(column, other), $"{column.Name}: promised against delivered");
            Assert.That(IsCompatible(other, column), $"{column.Name}: delivered against promised");
        }
    }

    private static bool IsCompatible(SchemaShape.Column column, SchemaShape.Column other) =>
        (bool)typeof(SchemaShape.Column).GetMethod("IsCompatibleWith", BindingFlags.NonPublic | BindingFlags.Instance)!.Invoke(column, [other])!;

    private static object? Annotation(DataViewSchema.Annotations annotations, DataViewSchema.Column kind) => typeof(Views)
        .GetMethod(kind.Type is VectorDataViewType ? nameof(VectorAnnotation) : nameof(ScalarAnnotation), BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(kind.Type is VectorDataViewType vector ? vector.ItemType.RawType : kind.Type.RawType)
        .Invoke(null, [annotations, kind.Name]);

    private static object ScalarAnnotation<T>(DataViewSchema.Annotations annotations, string kind)
    {
        var value = default(T)!;
        annotations.GetValue(kind, ref value);
        return Plain(value)!;
    }

    private static object?[] VectorAnnotation<T>(DataViewSchema.Annotations annotations, string kind)
    {
        VBuffer<T> value = default;
        annotations.GetValue(kind, ref value);
        return [.. value.DenseValues().Select(item => Plain(item))];
    }

    private static Func<object?> ScalarGetter<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            var value = default(T)!;
            getter(ref value);
            return Plain(value);
        };
    }

    private static Func<object?> VectorGetter<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> value = default; // reused, as ML.NET's readers do
        return () =>
        {
            getter(ref value);
            return value.DenseValues().ToArray();
        };
    }

    private static object? Plain<T>(T value) => value is ReadOnlyMemory<char> text ? text.ToString() : value;
}
