using ConvScope.Training.Saving;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

public sealed class SeededRandomStateTests
{
    [Test]
    public void Constructor_SameSeed_DrawsTheSame()
    {
        var (first, second, other) = (Draw(5), Draw(5), Draw(6));
        Assert.That(second, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
    }

    [Test]
    public void Dispose_AfterDrawing_GivesTheCallersStateBack()
    {
        manual_seed(11).Dispose();
        using var before = random.get_rng_state();
        Draw(5);
        using var after = random.get_rng_state();
        Assert.That(after.bytes.SequenceEqual(before.bytes));
    }

    // Generators of the CPU stand for those of GPUs, which are read and set in the same way.
    [Test]
    public void Dispose_AfterDrawingFromOthers_GivesTheirStatesBack()
    {
        using var scope = NewDisposeScope();
        using var gpu = new Generator(3);
        var before = gpu.get_state();
        using (new SeededRandomState(5, [gpu]))
            rand([4], generator: gpu);
        Assert.That(gpu.get_state().bytes.SequenceEqual(before.bytes));
    }

    private static float[] Draw(long seed)
    {
        using var state = new SeededRandomState(seed);
        using var drawn = rand(4);
        return [.. drawn.data<float>()];
    }
}
