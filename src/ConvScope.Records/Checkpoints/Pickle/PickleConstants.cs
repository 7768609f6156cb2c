using System.Globalization;
using System.Numerics;
using System.Text;

namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>The opcodes that push one value which follows them.</summary>
internal static class PickleConstants
{
    /// <summary>Reads the value of an opcode.</summary>
    /// <returns>False where the opcode is none of these.</returns>
    public static bool TryRead(PickleOpcode code, PickleInput input, PickleDialect dialect, out object? value)
    {
        switch (code)
        {
            case PickleOpcode.None: value = null; break;
            case PickleOpcode.NewTrue: value = true; break;
            case PickleOpcode.NewFalse: value = false; break;
            case PickleOpcode.BinInt: value = (long)input.Int32(); break;
            case PickleOpcode.BinInt1: value = (long)input.Byte(); break;
            case PickleOpcode.BinInt2: value = (long)input.UInt16(); break;
            case PickleOpcode.Long1: value = input.Integer(input.Byte()); break;
            case PickleOpcode.Long4: value = input.Integer(Short(input.Int32(), input)); break;
            case PickleOpcode.BinFloat: value = input.BigEndianDouble(); break;
            case PickleOpcode.BinUnicode: value = input.Text((uint)input.Int32()); break;
            case PickleOpcode.ShortBinUnicode: value = input.Text(input.Byte()); break;
            case PickleOpcode.BinUnicode8: value = input.Text(input.Int64()); break;
            case PickleOpcode.ShortBinString: value = ByteString(input.Bytes(input.Byte()), dialect, isShort: true); break;
            case PickleOpcode.BinString: value = ByteString(input.Bytes((uint)input.Int32()), dialect, isShort: false); break;
            case PickleOpcode.ShortBinBytes: value = input.Bytes(input.Byte()); break;
            case PickleOpcode.BinBytes: value = input.Bytes((uint)input.Int32()); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: value = input.Bytes(input.Int64()); break;
            case PickleOpcode.EmptyTuple: value = Array.Empty<object?>(); break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet: value = new List<object?>(); break;
            case PickleOpcode.EmptyDictionary: value = new OrderedDictionary<object, object?>(); break;
            case PickleOpcode.Int: value = Decimal(input.Line(), input); break;
            case PickleOpcode.Long: value = Decimal(input.Line().TrimEnd('L'), input); break;
            case PickleOpcode.Float: value = Float(input.Line(), input); break;
            case PickleOpcode.String: value = Quoted(input.TextLine(), input); break;
            case PickleOpcode.Unicode: value = Unescaped(input.TextLine(), input, "uU"); break; // Latin-1 beside the escapes
            default: value = null; return false;
        }

        return true;
    }

    private static int Short(int length, PickleInput input) => length is >= 0 and <= 10_000 ? length : throw input.Broken($"a whole number has {length} bytes; at most 10000 are read");

    /// <summary>A text of Python 2: in a checkpoint UTF-8 as a rule, else bytes.</summary>
    private static object ByteString(byte[] bytes, PickleDialect dialect, bool isShort)
    {
        if (dialect.HasByteStrings)
            return isShort ? Encoding.Latin1.GetString(bytes) : bytes;
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : bytes;
    }

    private static object Decimal(string text, PickleInput input) => text switch
    {
        "00" => false,
        "01" => true,
        _ when BigInteger.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number,
        _ => throw input.Broken("a whole number is none"),
    };

    private static double Float(string text, PickleInput input) => text.Trim() switch
    {
        "nan" or "-nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        var number when double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        _ => throw input.Broken("a number is none"),
    };

    private static string Quoted(string text, PickleInput input) => text.Trim() is [('\'' or '"') and var quote, .. var inner, var end] && end == quote
        ? Unescaped(inner, input, "x")
        : throw input.Broken("a text has no quotes around it");

    /// <summary>Python's escapes: <c>\n</c>, <c>\\</c>, <c>\x41</c>, <c>\u00e9</c>.</summary>
    private static string Unescaped(string text, PickleInput input, string hexadecimal)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            var letter = text[++i];
            var digits = !hexadecimal.Contains(letter, StringComparison.Ordinal) ? 0 : letter switch { 'x' => 2, 'u' => 4, _ => 8 };
            if (digits == 0)
            {
                plain.Append(hexadecimal == "x" ? letter switch { 'n' => "\n", 't' => "\t", 'r' => "\r", _ => $"{letter}" } : $"\\{letter}");
                continue;
            }

            if (i + digits > text.Length - 1 || !uint.TryParse(text.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10ffff)
                throw input.Broken("an escape in a text is none");
            plain.Append(code > 0xffff ? char.ConvertFromUtf32((int)code) : $"{(char)code}");
            i += digits;
        }

        return plain.ToString();
    }
}
