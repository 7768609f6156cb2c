using ConvScope.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Native;

[Platform("Linux")]
public sealed class LateScalarsTests
{
    private const int Calls = 100_000; // without the cure one in 10,000 to 130,000 failed

    [Test]
    public void Call_WhileGarbageIsCollected_ReadsItsNumber()
    {
        TorchRuntime.Load();
        Assume.That(LateScalars.AreOn, Is.True, "tried on x64");
        var isOver = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        using var sum = zeros(4, ScalarType.Float64);
        using var one = ones(4, ScalarType.Float64);
        collector.Start();
        try
        {
            for (var call = 0; call < Calls; call++)
                sum.add_(one, alpha: 2);
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            collector.Join();
        }

        Assert.That(sum.data<double>().ToArray(), Is.All.EqualTo(2.0 * Calls), "every number was right");
    }

    [Test]
    public void Dispose_AScalar_LeavesItForLater()
    {
        TorchRuntime.Load();
        Assume.That(LateScalars.AreOn, Is.True, "tried on x64");
        for (var i = 0; i < 10; i++)
            ((Scalar)i).Dispose();
        Assert.That(LateScalars.Waiting, Is.GreaterThanOrEqualTo(10), "the first of them frees what waited long enough, so it need not be more than before");
    }
}
