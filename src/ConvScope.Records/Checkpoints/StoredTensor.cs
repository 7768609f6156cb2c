using System.Runtime.InteropServices;
using ConvScope.Records.Checkpoints.Bytes;
using ConvScope.Records.Files;

namespace ConvScope.Records.Checkpoints;

/// <summary>
/// A tensor in a file: what it is, and how to read its values. Nothing is held in memory until it is read. Its values are alive as long as the <see cref="Checkpoint"/> is open.
/// </summary>
/// <remarks>Reading is safe on several threads at once.</remarks>
public sealed class StoredTensor
{
    private const long MostRepeated = 1 << 20; // elements of a tensor that repeats its storage, as expand makes it
    private readonly StorageBytes _storage;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly long _offset;

    /// <summary>A view of a storage, checked against it.</summary>
    /// <param name="name">Name of the tensor; empty where it has none.</param>
    /// <param name="type">What its elements are.</param>
    /// <param name="shape">Length of each axis.</param>
    /// <param name="strides">Elements from one entry of an axis to the next.</param>
    /// <param name="offset">The first element, counted from the start of the storage.</param>
    /// <param name="storage">The bytes under it.</param>
    /// <exception cref="InvalidDataException">The view reaches beyond its storage; the message says how, and names no file.</exception>
    internal StoredTensor(string name, ElementType type, long[] shape, long[] strides, long offset, StorageBytes storage)
    {
        (Name, Type, _shape, _strides, _offset, _storage) = (name, type, shape, strides, offset, storage);
        Count = CheckedCount();
        IsContiguous = Count == 0 || MemoryExtensions.SequenceEqual<long>(RowMajor(shape, strides), strides);
    }

    /// <summary>Name of the tensor, such as <c>features.0.weight</c>.</summary>
    public string Name { get; }

    /// <summary>What its elements are.</summary>
    public ElementType Type { get; }

    /// <summary>Length of each axis, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>Number of elements: the product of <see cref="Shape"/>; 1 for a scalar.</summary>
    public long Count { get; }

    /// <summary>Whether the elements lie in the file one after another, last axis fastest.</summary>
    internal bool IsContiguous { get; }

    /// <summary>Whether the elements are real numbers with a fraction.</summary>
    internal bool IsFloating => Type is ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64 or (>= ElementType.Float8E4M3FN and <= ElementType.Float8E8M0FNU);

    /// <summary>The shape as people write it: <c>64x3x3x3</c>; <c>scalar</c> for no axes.</summary>
    public string ShapeText => _shape.Length == 0 ? "scalar" : string.Join('x', _shape);

    /// <summary>The elements as they are in the file, row-major, little-endian.</summary>
    /// <exception cref="DamagedFileException">The file was cut off after it was opened.</exception>
    /// <exception cref="NotSupportedException">The tensor is larger than one array can be, 2 GiB.</exception>
    public byte[] ReadBytes()
    {
        var bytes = new byte[Sized(Count * Type.Size())];
        if (IsContiguous)
            _storage.Read(_offset * Type.Size(), bytes);
        else
            Gather(bytes);
        return bytes;
    }

    /// <summary>The elements as 32-bit floats, row-major: exact from 16-bit floats and small integers, else rounded to the nearest.</summary>
    /// <inheritdoc cref="ReadBytes" path="/exception" />
    public float[] ReadFloats()
    {
        var floats = new float[Sized(Count * sizeof(float)) / sizeof(float)];
        var tensor = Contiguous();
        for (var first = 0; first < floats.Length; first += 1 << 20)
            tensor.ReadFloats(first, floats.AsSpan(first, Math.Min(1 << 20, floats.Length - first)));
        return floats;
    }

    /// <summary>The elements as 64-bit floats, row-major: exact but for integers above 2⁵³.</summary>
    /// <inheritdoc cref="ReadBytes" path="/exception" />
    public double[] ReadDoubles()
    {
        var (bytes, size) = (ReadBytes(), Type.Size());
        var doubles = new double[Count];
        for (var i = 0; i < doubles.Length; i++)
            doubles[i] = ElementTypes.ToDouble(Type, bytes.AsSpan(i * size));
        return doubles;
    }

    /// <inheritdoc />
    public override string ToString() => $"{Name} {Type.TorchName()} {ShapeText}";

    /// <summary>The same tensor under another name.</summary>
    internal StoredTensor Named(string name) => new(name, Type, _shape, _strides, _offset, _storage);

    /// <summary>The matrix with rows and columns changed, a view of the same values.</summary>
    internal StoredTensor Transposed() => new(Name, Type, [_shape[1], _shape[0]], [_strides[1], _strides[0]], _offset, _storage);

    /// <summary>The same values one after another, last axis fastest: itself, or a copy in memory.</summary>
    public StoredTensor Contiguous() => IsContiguous ? this : Of(Name, Type, _shape, new MemoryBytes(ReadBytes()));

    /// <summary>Fills a span with all elements of a contiguous tensor.</summary>
    internal void Read(Span<byte> bytes) => _storage.Read(_offset * Type.Size(), bytes);

    /// <summary>Writes the elements of a contiguous tensor as they are in the file.</summary>
    internal void CopyTo(Stream stream)
    {
        var buffer = new byte[(int)Math.Min(Count * Type.Size(), 1 << 20)];
        for (var done = 0L; done < Count * Type.Size(); done += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Count * Type.Size() - done));
            _storage.Read(_offset * Type.Size() + done, part);
            stream.Write(part);
        }
    }

    /// <summary>Reads some elements as floats, so that a large tensor is never in memory as a whole.</summary>
    /// <param name="first">The first element, row-major.</param>
    /// <param name="floats">Gets that element and those behind it.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many elements.</exception>
    /// <exception cref="InvalidOperationException">The elements do not lie one after another; ask <see cref="Contiguous"/> for a tensor of which they do.</exception>
    public void ReadFloats(long first, Span<float> floats)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + floats.Length, Count, nameof(first));
        if (!IsContiguous)
            throw new InvalidOperationException($"The elements of '{Name}' do not lie one after another.");
        var size = Type.Size();
        if (Type == ElementType.Float32)
        {
            _storage.Read((_offset + first) * size, MemoryMarshal.AsBytes(floats));
            return;
        }

        var bytes = new byte[floats.Length * size];
        _storage.Read((_offset + first) * size, bytes);
        ElementTypes.ToFloats(Type, bytes, floats);
    }

    /// <summary>A row-major tensor that fills its storage.</summary>
    internal static StoredTensor Of(string name, ElementType type, long[] shape, StorageBytes storage) => new(name, type, shape, RowMajor(shape, null), 0, storage);

    /// <summary>An array in memory as a tensor; it needs no file.</summary>
    /// <exception cref="InvalidDataException">The shape does not fit the values.</exception>
    public static StoredTensor Of(NamedArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        return Of(array.Name, ElementType.Float32, [.. array.Shape], new FloatBytes(array.Values));
    }

    /// <summary>Row-major strides; where an axis has one entry or none its stride means nothing, and that of <paramref name="otherwise"/> is kept.</summary>
    internal static long[] RowMajor(long[] shape, long[]? otherwise)
    {
        var strides = new long[shape.Length];
        var next = 1L;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = shape[axis] <= 1 && otherwise is not null ? otherwise[axis] : next;
            next = shape[axis] <= 1 ? next : next > long.MaxValue / shape[axis] ? long.MaxValue : next * shape[axis]; // the count is checked apart
        }

        return strides;
    }

    private long CheckedCount()
    {
        if (_shape.Length != _strides.Length || _shape.Length > 64)
            throw new InvalidDataException($"a tensor has {_shape.Length} axes and {_strides.Length} strides");
        if (_shape.Any(length => length < 0) || _strides.Any(stride => stride < 0) || _offset < 0)
            throw new InvalidDataException($"a tensor has shape [{string.Join(", ", _shape)}], strides [{string.Join(", ", _strides)}] and offset {_offset}; none may be negative");
        try
        {
            var count = _shape.Contains(0) ? 0 : _shape.Aggregate(1L, (product, length) => checked(product * length));
            var elements = _storage.Length / Type.Size();
            var last = count == 0 ? _offset - 1 : _shape.Zip(_strides, (length, stride) => checked((length - 1) * stride)).Aggregate(_offset, (sum, part) => checked(sum + part));
            if (last >= elements)
                throw new InvalidDataException($"a tensor of shape [{string.Join(", ", _shape)}] reaches element {last} of a storage of {elements}");
            return count <= Math.Max(elements, MostRepeated)
                ? count
                : throw new InvalidDataException($"a tensor of {count} elements repeats a storage of {elements}; at most {MostRepeated} are read of such a one");
        }
        catch (OverflowException exception)
        {
            throw new InvalidDataException($"a tensor of shape [{string.Join(", ", _shape)}] and strides [{string.Join(", ", _strides)}] is too large", exception);
        }
    }

    private void Gather(byte[] bytes)
    {
        var size = Type.Size();
        var extent = _shape.Zip(_strides, (length, stride) => (length - 1) * stride).Sum() + 1;
        var source = new byte[Sized(extent * size)];
        _storage.Read(_offset * size, source);
        var index = new long[_shape.Length];
        var from = 0L;
        for (var to = 0; to < bytes.Length; to += size)
        {
            source.AsSpan((int)(from * size), size).CopyTo(bytes.AsSpan(to));
            for (var axis = _shape.Length - 1; axis >= 0; axis--)
            {
                from += _strides[axis];
                if (++index[axis] < _shape[axis])
                    break;
                from -= index[axis] * _strides[axis];
                index[axis] = 0;
            }
        }
    }

    private int Sized(long bytes) => bytes <= Array.MaxLength
        ? (int)bytes
        : throw new NotSupportedException($"Tensor '{Name}' needs {bytes} bytes; one array holds {Array.MaxLength}.");
}
