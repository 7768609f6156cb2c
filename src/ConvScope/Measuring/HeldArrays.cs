namespace ConvScope.Measuring;

/// <summary>The arrays that a network holds, of any rank and length, and what stood in them.</summary>
/// <param name="exchange">Gives what stands in the place of an element meanwhile.</param>
internal sealed class HeldArrays(Func<object?, object?> exchange)
{
    private const int MostElements = 100_000; // that are looked at one by one
    private const long MostBytes = 1L << 28;

    private readonly List<(Array Array, Array Values)> _arrays = [];
    private readonly Dictionary<Type, bool> _plain = [];

    /// <summary>Keeps the elements of an array, and exchanges those that hold more than numbers and text.</summary>
    /// <exception cref="NotSupportedException">It is too long for that.</exception>
    public void Exchange(Array array)
    {
        var element = array.GetType().GetElementType()!;
        if (element.IsPointer)
            return;
        var isPlain = IsPlain(element);
        if (isPlain ? element.IsPrimitive && Buffer.ByteLength(array) > MostBytes : array.LongLength > MostElements)
            throw new NotSupportedException($"The network holds an array of {array.LongLength} elements, too long to put each back after a call.");
        _arrays.Add((array, (Array)array.Clone()));
        if (isPlain)
            return;
        var place = new int[array.Rank];
        for (var left = array.Length; left > 0; left--)
        {
            var value = array.GetValue([.. place.Select((index, axis) => index + array.GetLowerBound(axis))]);
            var exchanged = exchange(value);
            if (!ReferenceEquals(exchanged, value))
                array.SetValue(exchanged, [.. place.Select((index, axis) => index + array.GetLowerBound(axis))]);
            for (var axis = place.Length - 1; axis >= 0 && ++place[axis] == array.GetLength(axis); axis--)
                place[axis] = 0;
        }
    }

    /// <summary>Puts all elements back.</summary>
    public void PutBack()
    {
        foreach (var (array, values) in _arrays)
            Array.Copy(values, array, values.Length);
        _arrays.Clear();
    }

    /// <summary>Whether values of a type are numbers and text through and through, so that a copy of them is all there is to keep.</summary>
    private bool IsPlain(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || type == typeof(string) || type == typeof(decimal))
            return true;
        if (!type.IsValueType)
            return false;
        if (!_plain.TryGetValue(type, out var isPlain))
            _plain[type] = isPlain = Array.TrueForAll(type.GetFields(HeldState.OfObjects), field => IsPlain(field.FieldType));
        return isPlain;
    }
}
