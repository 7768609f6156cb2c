namespace ConvScope.Datasets.Decoding;

/// <summary>
/// A random order that reads a set in blocks: images that follow each other are read close to each other in time, and yet a batch has images from all over the set. Blocks of neighbours are
/// put in random order; so many of them as are mixed form a window, inside which all images are in random order. The order depends on the seed and the sizes alone.
/// </summary>
internal static class BlockOrder
{
    /// <summary>The numbers 0 to count − 1 in random order.</summary>
    /// <param name="count">Number of images.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="blockSize">Neighbours that stay together, at least 1; 1 is an order without blocks.</param>
    /// <param name="mixedBlocks">Blocks of a window, at least 1.</param>
    public static int[] Create(int count, ulong seed, int blockSize, int mixedBlocks)
    {
        var random = new SplitMix(seed);
        var blocks = new int[(int)(((long)count + blockSize - 1) / blockSize)];
        for (var i = 0; i < blocks.Length; i++)
            blocks[i] = i;
        Shuffle(blocks, ref random);
        var order = new int[count];
        var (windowStart, end) = (0, 0);
        for (var i = 0; i < blocks.Length; i++)
        {
            for (long index = (long)blocks[i] * blockSize, last = Math.Min(index + blockSize, count); index < last; index++)
                order[end++] = (int)index;
            if ((i + 1) % mixedBlocks != 0 && i + 1 < blocks.Length)
                continue;
            Shuffle(order.AsSpan(windowStart..end), ref random);
            windowStart = end;
        }

        return order;
    }

    /// <summary>Fisher and Yates.</summary>
    private static void Shuffle(Span<int> values, ref SplitMix random)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var other = random.Below(i + 1);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }

    /// <summary>SplitMix64. Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.</summary>
    private struct SplitMix(ulong state)
    {
        private ulong _state = state;

        /// <summary>A number from 0 to below <paramref name="limit"/>; the bias of the multiplication is below 2⁻³².</summary>
        public int Below(int limit)
        {
            _state += 0x9E3779B97F4A7C15;
            var mixed = _state;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (int)Math.BigMul(mixed ^ (mixed >> 31), (ulong)limit, out _);
        }
    }
}
