using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ConvScope.Reporting.Views;

/// <summary>Floats as text for JSON: little-endian, base64.</summary>
internal static class FloatCode
{
    /// <summary>Encodes values; <paramref name="half"/> rounds them to IEEE 16-bit floats.</summary>
    public static string Encode(ReadOnlySpan<float> values, bool half)
    {
        if (!half && BitConverter.IsLittleEndian)
            return Convert.ToBase64String(MemoryMarshal.AsBytes(values));
        var size = half ? 2 : 4;
        var bytes = new byte[values.Length * size];
        for (var i = 0; i < values.Length; i++)
        {
            if (half)
                BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(i * size), (Half)values[i]);
            else
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * size), values[i]);
        }

        return Convert.ToBase64String(bytes);
    }
}
