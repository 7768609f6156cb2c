using System.Text;

namespace ConvScope.Records.Tests.Checkpoints;

/// <summary>ONNX files written field by field, as any program may write them.</summary>
internal static class OnnxBytes
{
    /// <summary>A model with a graph of some fields.</summary>
    public static byte[] Model(params byte[][] graph) => [.. Number(1, 7), .. Field(2, "test"u8), .. Field(7, [.. graph.SelectMany(field => field)]), .. Field(8, Number(2, 13))];

    /// <summary>An initializer.</summary>
    public static byte[] Initializer(string name, int type, long[] dims, params byte[][] values) =>
        Field(5, [.. dims.SelectMany(axis => Number(1, axis)), .. Number(2, type), .. values.SelectMany(field => field), .. Field(8, Encoding.UTF8.GetBytes(name))]);

    /// <summary>An initializer of 32-bit floats.</summary>
    public static byte[] Floats(string name, long[] dims, params float[] values) => Initializer(name, 1, dims, Field(9, [.. values.SelectMany(BitConverter.GetBytes)]));

    /// <summary>An operator.</summary>
    public static byte[] Node(string operation, string[] inputs, string output, params (string Name, long[] Numbers)[] attributes) => Field(1,
    [
        .. inputs.SelectMany(input => Field(1, Encoding.UTF8.GetBytes(input))), .. Field(2, Encoding.UTF8.GetBytes(output)), .. Field(4, Encoding.UTF8.GetBytes(operation)),
        .. attributes.SelectMany(attribute => Field(5, [.. Field(1, Encoding.UTF8.GetBytes(attribute.Name)), .. attribute.Numbers.SelectMany(number => Number(8, number))])),
    ]);

    /// <summary>An input of the graph.</summary>
    public static byte[] Input(string name) => Field(11, Field(1, Encoding.UTF8.GetBytes(name)));

    /// <summary>A field of bytes.</summary>
    public static byte[] Field(int field, ReadOnlySpan<byte> bytes) => [.. Varint((ulong)(field << 3 | 2)), .. Varint((ulong)bytes.Length), .. bytes];

    /// <summary>A field of one number.</summary>
    public static byte[] Number(int field, long number) => [.. Varint((ulong)field << 3), .. Varint((ulong)number)];

    /// <summary>Numbers in base 128.</summary>
    public static byte[] Varints(params long[] numbers) => [.. numbers.SelectMany(number => Varint((ulong)number))];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7f; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
