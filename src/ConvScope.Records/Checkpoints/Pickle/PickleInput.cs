using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using ConvScope.Records.Files;

namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>The bytes of a pickle, counted, so that an error can name the place and nothing is allocated for what is not there.</summary>
/// <param name="stream">The bytes.</param>
/// <param name="path">The file, for messages.</param>
/// <param name="origin">Where in the file the stream begins.</param>
/// <param name="limit">Bytes that there are at most.</param>
/// <param name="what">What the file should be, for messages.</param>
internal sealed class PickleInput(Stream stream, string path, long origin, long limit, string what = "checkpoint")
{
    private readonly byte[] _buffer = new byte[8];
    private long _read;

    /// <summary>Offset in the file of the next byte.</summary>
    public long Position => origin + _read;

    /// <summary>Bytes that are left at most.</summary>
    public long Left => limit - _read;

    /// <summary>The file, for messages.</summary>
    public string Path => path;

    /// <summary>A fault at the next byte.</summary>
    public DamagedFileException Broken(string fault, Exception? inner = null) => DamagedFileException.At(path, $"readable {what}", Position, fault, inner);

    public byte Byte() => Some(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Some(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Some(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Some(8));

    public double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Some(8));

    /// <summary>Bytes of a length that the pickle states.</summary>
    public byte[] Bytes(long count)
    {
        if (count < 0 || count > limit - _read)
            throw Broken($"the pickle states a length of {count}; {limit - _read} bytes are left");
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    /// <summary>A text of a length that the pickle states.</summary>
    public string Text(long count)
    {
        try
        {
            return _utf8.GetString(Bytes(count));
        }
        catch (DecoderFallbackException exception)
        {
            throw Broken("a text is not UTF-8", exception);
        }
    }

    /// <summary>A whole number of any size, two's complement.</summary>
    public object Integer(long count)
    {
        var value = new BigInteger(Bytes(count));
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    /// <summary>A name or a number up to the end of its line.</summary>
    public string Line() => Line(500, "name");

    /// <summary>A text up to the end of its line, a character a byte.</summary>
    public string TextLine() => Line(1 << 20, "text");

    private string Line(int most, string what)
    {
        var text = new StringBuilder();
        while (Byte() is var next && next != '\n')
        {
            if (text.Length == most)
                throw Broken($"a {what} has more than {most} characters");
            text.Append((char)next);
        }

        return text.ToString();
    }

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> Some(int count)
    {
        if (count > limit - _read)
            throw Broken("the pickle ends before it is complete");
        Fill(_buffer.AsSpan(0, count));
        return _buffer.AsSpan(0, count);
    }

    private void Fill(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw Broken("the file ends inside the pickle");
        _read += bytes.Length;
    }
}
