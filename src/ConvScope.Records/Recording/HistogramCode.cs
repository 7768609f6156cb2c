namespace ConvScope.Records.Recording;

/// <summary>Packs counts for the record: the length, then for each count that is not zero the zeros before it and the count, all as 7-bit variable-length integers.</summary>
internal static class HistogramCode
{
    public static byte[] Pack(IReadOnlyList<long> counts)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write7BitEncodedInt(counts.Count);
        var zeros = 0;
        foreach (var count in counts)
        {
            if (count == 0)
            {
                zeros++;
                continue;
            }

            writer.Write7BitEncodedInt(zeros);
            writer.Write7BitEncodedInt64(count);
            zeros = 0;
        }

        return stream.ToArray();
    }

    /// <summary>Unpacks counts.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static long[] Unpack(byte[] packed)
    {
        using var reader = new BinaryReader(new MemoryStream(packed));
        try
        {
            var counts = new long[reader.Read7BitEncodedInt() is >= 0 and <= 1 << 16 and var length ? length : throw new FormatException()];
            for (var place = 0; reader.BaseStream.Position < packed.Length; place++)
            {
                place = checked(place + reader.Read7BitEncodedInt());
                counts[place] = reader.Read7BitEncodedInt64();
            }

            return counts;
        }
        catch (Exception exception) when (exception is FormatException or EndOfStreamException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("The packed counts of a histogram are damaged.", exception);
        }
    }
}
