using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ConvScope.Records.Checkpoints.Formats;

namespace ConvScope.Records.Checkpoints;

/// <summary>Size, names and conversion of element types.</summary>
internal static class ElementTypes
{
    private static readonly (ElementType Type, int Size, string Torch, string? Storage, string? Safetensors)[] _table =
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
        (ElementType.Complex64, 8, "complex64", "ComplexFloatStorage", "C64"),
        (ElementType.Complex128, 16, "complex128", "ComplexDoubleStorage", null),
        (ElementType.Complex32, 4, "complex32", null, null),
        (ElementType.UInt16, 2, "uint16", null, "U16"),
        (ElementType.UInt32, 4, "uint32", null, "U32"),
        (ElementType.UInt64, 8, "uint64", null, "U64"),
        (ElementType.Float8E4M3FN, 1, "float8_e4m3fn", null, "F8_E4M3"),
        (ElementType.Float8E5M2, 1, "float8_e5m2", null, "F8_E5M2"),
        (ElementType.Float8E4M3FNUZ, 1, "float8_e4m3fnuz", null, "F8_E4M3FNUZ"),
        (ElementType.Float8E5M2FNUZ, 1, "float8_e5m2fnuz", null, "F8_E5M2FNUZ"),
        (ElementType.Float8E8M0FNU, 1, "float8_e8m0fnu", null, "F8_E8M0"),
        (ElementType.Float4E2M1FNx2, 1, "float4_e2m1fn_x2", null, "F4"),
    ];

    /// <summary>Bytes of one element.</summary>
    public static int Size(this ElementType type) => _table[(int)type].Size;

    /// <summary>PyTorch's name of the type: <c>float32</c>.</summary>
    public static string TorchName(this ElementType type) => _table[(int)type].Torch;

    /// <summary>PyTorch's class of a storage of such elements: <c>FloatStorage</c>; null for types that have none and lie on untyped ones.</summary>
    public static string? StorageName(this ElementType type) => _table[(int)type].Storage;

    /// <summary>The name in a safetensors header; null where the format has none.</summary>
    public static string? SafetensorsName(this ElementType type) => _table[(int)type].Safetensors;

    /// <summary>The type of a storage class; null for an unknown one.</summary>
    public static ElementType? FromStorageName(string name) => Find(row => row.Storage == name);

    /// <summary>The type of that name in PyTorch; null for an unknown one.</summary>
    public static ElementType? FromTorchName(string name) => Find(row => row.Torch == name);

    /// <summary>The type of that name in a safetensors header; null for an unknown one.</summary>
    public static ElementType? FromSafetensorsName(string? name) => name is null ? null : Find(row => row.Safetensors == name);

    /// <summary>Converts elements to 32-bit floats: exactly from 16-bit floats and small integers, else rounded to the nearest.</summary>
    /// <exception cref="NotSupportedException">The elements have two parts.</exception>
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
    /// <exception cref="NotSupportedException">The elements have two parts.</exception>
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
        ElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        ElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        ElementType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        ElementType.Float8E5M2 => (double)BitConverter.UInt16BitsToHalf((ushort)(bytes[0] << 8)),
        ElementType.Float8E4M3FN => (bytes[0] & 0x7f) == 0x7f ? double.NaN : Small(bytes[0], fraction: 3, bias: 7),
        ElementType.Float8E4M3FNUZ => bytes[0] == 0x80 ? double.NaN : Small(bytes[0], fraction: 3, bias: 8),
        ElementType.Float8E5M2FNUZ => bytes[0] == 0x80 ? double.NaN : Small(bytes[0], fraction: 2, bias: 16),
        ElementType.Float8E8M0FNU => bytes[0] == 0xff ? double.NaN : Math.ScaleB(1, bytes[0] - 127),
        _ => throw new NotSupportedException($"Elements of type {type.TorchName()} have two parts; read their bytes."),
    };

    /// <summary>Whether an element is two numbers, so that it has no mean.</summary>
    public static bool HasTwoParts(this ElementType type) => type is ElementType.Complex32 or ElementType.Complex64 or ElementType.Complex128 or ElementType.Float4E2M1FNx2;

    /// <summary>An 8-bit float: sign, exponent, fraction; subnormal where the exponent is 0.</summary>
    private static double Small(byte bits, int fraction, int bias)
    {
        var exponent = (bits & 0x7f) >> fraction;
        var mantissa = bits & ((1 << fraction) - 1);
        var value = Math.ScaleB(exponent == 0 ? mantissa : mantissa + (1 << fraction), Math.Max(exponent, 1) - bias - fraction);
        return (bits & 0x80) == 0 ? value : -value;
    }

    private static ElementType? Find(Func<(ElementType Type, int Size, string Torch, string? Storage, string? Safetensors), bool> isIt)
    {
        foreach (var row in _table)
        {
            if (isIt(row))
                return row.Type;
        }

        return null;
    }
}
