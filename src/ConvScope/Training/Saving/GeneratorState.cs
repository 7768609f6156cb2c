using System.Buffers.Binary;

namespace ConvScope.Training.Saving;

/// <summary>
/// Checks the stored state of a random generator of the CPU before libtorch is given it, which throws for a wrong one where TorchSharp
/// translates nothing: the process would end. The layout is that of PyTorch's <c>CPUGeneratorImplState</c>: the seed, then <c>left</c> and
/// <c>seeded</c>, 32 bits each, <c>next</c>, 64 bits, and the 624 words of a Mersenne twister, 64 bits each.
/// </summary>
internal static class GeneratorState
{
    private const int Length = 5056, LeftPlace = 8, SeededPlace = 12, NextPlace = 16, Words = 624;

    /// <summary>What is wrong with a state; null where nothing is.</summary>
    /// <param name="state">The bytes that were stored.</param>
    /// <param name="current">The bytes of a generator's state now, which has the length that this libtorch knows.</param>
    public static string? Fault(ReadOnlySpan<byte> state, ReadOnlySpan<byte> current)
    {
        if (state.Length != current.Length)
            return $"it has {state.Length} bytes in place of {current.Length}";
        if (state.Length != Length)
            return null; // of a libtorch that keeps another layout
        var left = BinaryPrimitives.ReadInt32LittleEndian(state[LeftPlace..]);
        var next = BinaryPrimitives.ReadUInt64LittleEndian(state[NextPlace..]);
        var isFresh = left == 1 && next == 0; // seeded, nothing drawn
        var isUnderWay = left is >= 1 and <= Words && next == (ulong)(Words + 1 - left);
        if (BinaryPrimitives.ReadInt32LittleEndian(state[SeededPlace..]) != 1 || (!isFresh && !isUnderWay))
            return $"it has drawn {next} of {Words} numbers with {left} left";
        return null;
    }
}
