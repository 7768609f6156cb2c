using ConvScope.Native;
using static TorchSharp.torch;

namespace ConvScope.Tests;

/// <summary>What leak tests count.</summary>
public sealed class NativeTensorsTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void LeftBehindBy_TensorThatAFinalizerFrees_IsStillOneThatWasLeft() => Assert.That(NativeTensors.LeftBehindBy(() =>
    {
        Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }), Is.EqualTo(1));

    [Test]
    public void LeftBehindBy_WhatOthersLeaveAndFreeMeanwhile_IsNotCounted()
    {
        Forget(); // garbage of before
        Assert.That(NativeTensors.LeftBehindBy(() =>
        {
            Task.Run(Forget).Wait();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var freed = ones(3);
            using var parameter = new TorchSharp.Modules.Parameter(ones(3));
        }), Is.Zero);
    }

    private static void Forget() => _ = ones(3);
}
