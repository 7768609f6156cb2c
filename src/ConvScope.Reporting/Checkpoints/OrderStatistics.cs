namespace ConvScope.Reporting.Checkpoints;

/// <summary>Finds the keys at some ranks from two counts: of all keys' upper halves, and of the lower halves of those keys whose upper half holds a wanted rank.</summary>
internal sealed class OrderStatistics
{
    private const int Halves = 1 << 16;
    private readonly sbyte[] _slots = new sbyte[Halves];
    private readonly long[] _below = new long[Halves + 1]; // keys whose upper half is less

    /// <summary>Looks where the ranks lie.</summary>
    /// <param name="upper">Number of keys by their upper half.</param>
    /// <param name="ranks">Ranks from 0, each less than the number of keys.</param>
    public OrderStatistics(long[] upper, IReadOnlyList<long> ranks)
    {
        for (var i = 0; i < Halves; i++)
            _below[i + 1] = _below[i] + upper[i];
        Array.Fill(_slots, (sbyte)-1);
        foreach (var bin in ranks.Select(Bin).Distinct())
            _slots[bin] = (sbyte)Slots++;
    }

    /// <summary>Number of upper halves that hold a wanted rank.</summary>
    public int Slots { get; }

    /// <summary>Where the lower half of a key is counted; −1 for nowhere.</summary>
    public int Slot(uint key) => _slots[key >> 16];

    /// <summary>The key at a wanted rank.</summary>
    public uint KeyAt(long rank, long[] fine)
    {
        var bin = Bin(rank);
        var left = rank - _below[bin];
        var counts = fine.AsSpan(_slots[bin] * Halves, Halves);
        var low = 0;
        while (left >= counts[low])
            left -= counts[low++];
        return (uint)bin << 16 | (uint)low;
    }

    /// <summary>Share of keys up to and including one whose upper half holds a wanted rank.</summary>
    public double ShareUpTo(uint key, long[] fine, long count)
    {
        var bin = (int)(key >> 16);
        var sum = _below[bin];
        if (_slots[bin] < 0)
            return (double)_below[bin + 1] / count;
        foreach (var entry in fine.AsSpan(_slots[bin] * Halves, (int)(key & 0xffff) + 1))
            sum += entry;
        return (double)sum / count;
    }

    private int Bin(long rank)
    {
        var found = Array.BinarySearch(_below, rank + 1); // the first upper half up to which there are more than rank keys
        if (found < 0)
            return ~found - 1;
        while (found > 0 && _below[found - 1] == rank + 1)
            found--;
        return found - 1;
    }
}
