using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ConvScope.Records.Checkpoints.Formats;

namespace ConvScope.Records.Checkpoints;

/// <summary>Size, names and conversion of element types.</summary>
internal static class ElementTypes
{
    private static readonly (ElementType Type, int Size, string Torch, string Storage, string? Safetensors)[] _table =
    [
        (ElementType.Float32, 4, "float32", "FloatStorage", "F32"),
        (ElementType.Float64, 8, "float64", "DoubleStorage", "F64"),
        (ElementType.Float16, 2, "float16", "HalfStorage", "F16"),
        (ElementType.BFloat16, 2, "bfloat16", "BFloat16Storage", "BF16"),
        (ElementType.UInt8, 1, "uint8", "ByteStorage", "U8"),
        (ElementType.Int8, 1, "int8", "CharStorage", "I8"),
        (ElementType.Int16, 2, "int16", "ShortStorage", "I16"),
        (ElementType.Int32, 4, "int32", "IntStorage", "I32"),
        (ElementType.Int64, 8, "int64", "LongStorage", "I64"),
        (ElementType.Bool, 1, "bool", "BoolStorage", "BOOL"),
        (ElementType.Complex64, 8, "complex64", "ComplexFloatStorage", null),
        (ElementType.Complex128, 16, "complex128", "ComplexDoubleStorage", null),
    ];

    /// <summary>Bytes of one element.</summary>
    public static int Size(this ElementType type) => _table[(int)type].Size;

    /// <summary>PyTorch's name of the type: <c>float32</c>.</summary>
    public static string TorchName(this ElementType type) => _table[(int)type].Torch;

    /// <summary>PyTorch's class of a storage of such elements: <c>FloatStorage</c>.</summary>
    public static string StorageName(this ElementType type) => _table[(int)type].Storage;

    /// <summary>The name in a safetensors header; null where the format has none.</summary>
    public static string? SafetensorsName(this ElementType type) => _table[(int)type].Safetensors;

    /// <summary>The type of a storage class; null for an unknown one.</summary>
    public static ElementType? FromStorageName(string name) => Find(row => row.Storage == name);

    /// <summary>The type of that name in PyTorch; null for an unknown one.</summary>
    public static ElementType? FromTorchName(string name) => Find(row => row.Torch == name);

    /// <summary>The type of that name in a safetensors header; null for an unknown one.</summary>
    public static ElementType? FromSafetensorsName(string? name) => name is null ? null : Find(row => row.Safetensors == name);

    /// <summary>Converts elements to 32-bit floats: exactly from 16-bit floats and small integers, else rounded to the nearest.</summary>
    /// <exception cref="NotSupportedException">The elements are complex.</exception>
    public static void ToFloats(ElementType type, ReadOnlySpan<byte> bytes, Span<float> floats)
    {
        switch (type)
        {
            case ElementType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(floats));
                break;
            case ElementType.BFloat16:
                var halves = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < floats.Length; i++)
                    floats[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                break;
            default:
                for (var i = 0; i < floats.Length; i++)
                    floats[i] = (float)ToDouble(type, bytes[(i * type.Size())..]);
                break;
        }
    }

    /// <summary>Converts the first element to a 64-bit float; exact but for integers above 2⁵³.</summary>
    /// <exception cref="NotSupportedException">The elements are complex.</exception>
    public static double ToDouble(ElementType type, ReadOnlySpan<byte> bytes) => type switch
    {
        ElementType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        ElementType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        ElementType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        ElementType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        ElementType.UInt8 => bytes[0],
        ElementType.Int8 => (sbyte)bytes[0],
        ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        ElementType.Bool => bytes[0] == 0 ? 0 : 1,
        _ => throw new NotSupportedException($"Elements of type {type.TorchName()} have two parts; read their bytes."),
    };

    private static ElementType? Find(Func<(ElementType Type, int Size, string Torch, string Storage, string? Safetensors), bool> isIt)
    {
        foreach (var row in _table)
        {
            if (isIt(row))
                return row.Type;
        }

        return null;
    }
}
