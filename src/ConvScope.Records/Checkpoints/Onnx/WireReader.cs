using System.Text;

namespace ConvScope.Records.Checkpoints.Onnx;

/// <summary>Reads the fields of one message in Protocol Buffers' wire format, in the order of the file. Nested messages and bytes are given by their place. Source: the format's documentation, "Encoding".</summary>
internal sealed class WireReader(FileWindow file, long begin, long end)
{
    private const int LongestText = 1 << 16;
    private long _at = begin;

    /// <summary>Number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>Wire type: 0 a number in base 128, 1 and 5 eight and four bytes, 2 bytes with their length.</summary>
    public int Wire { get; private set; }

    /// <summary>The number of a field of type 0.</summary>
    public ulong Number { get; private set; }

    /// <summary>Where the field's bytes begin.</summary>
    public long Begin { get; private set; }

    /// <summary>How many bytes the field has.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the field is bytes, a text or a message of that number.</summary>
    public bool IsBytes(int field) => Field == field && Wire == 2;

    /// <summary>Goes to the next field.</summary>
    /// <exception cref="Files.DamagedFileException">There is none where one should be.</exception>
    public bool Next()
    {
        if (_at == end)
            return false;
        var key = Varint();
        (Field, Wire) = ((int)Math.Min(key >> 3, int.MaxValue), (int)(key & 7));
        if (Field == 0)
            throw file.Broken(_at, "a field has number 0");
        if (Wire == 0)
            Number = Varint();
        var length = Wire switch
        {
            0 => 0UL,
            1 => 8UL,
            2 => Varint(),
            5 => 4UL,
            _ => throw file.Broken(_at, $"a field is of wire type {Wire}"),
        };
        if (length > (ulong)(end - _at))
            throw file.Broken(_at, $"a field of {length} bytes does not fit into the {end - _at} that are left of its message");
        (Begin, Length) = (_at, (long)length);
        _at += (long)length;
        return true;
    }

    /// <summary>The message that the field is.</summary>
    public WireReader Message() => new(file, Begin, Begin + Length);

    /// <summary>The text that the field is.</summary>
    public string Text()
    {
        if (Length > LongestText)
            throw file.Broken(Begin, $"a name has {Length} bytes; at most {LongestText} are read");
        var bytes = new byte[Length];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = file[Begin + i];
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Adds the numbers of a field that may be one or, packed, several.</summary>
    public void Numbers(List<long> numbers, int most)
    {
        if (Wire == 0)
            numbers.Add((long)Number);
        for (var packed = new WireReader(file, Begin, Begin + Length); Wire == 2 && packed._at < packed.End && numbers.Count <= most;)
            numbers.Add((long)packed.Varint());
        if (numbers.Count > most)
            throw file.Broken(Begin, $"there are more than {most} numbers");
    }

    private long End => end;

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_at == end)
                throw file.Broken(_at, "a message ends within a number");
            var next = file[_at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw file.Broken(_at, "a number has more than 64 bits");
    }
}
