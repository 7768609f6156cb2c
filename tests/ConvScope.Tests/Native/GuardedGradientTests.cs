using System.Runtime.InteropServices;
using ConvScope.Native;
using static TorchSharp.torch;

namespace ConvScope.Tests.Native;

/// <summary>Gradients where <c>autograd.grad</c> would end the process.</summary>
public sealed class GuardedGradientTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void Of_LeavesAndTensorsBetween_AreTheDerivatives()
    {
        using var scope = NewDisposeScope();
        var leaf = tensor(new[] { 1f, 2f }, requires_grad: true);
        var between = leaf * 3;
        var gradients = GuardedGradient.Of((between * between).sum(), [between, leaf, between.alias()]);
        Assert.That(gradients.Select(gradient => ToyTraining.Values(gradient!)), Is.EqualTo(new double[][] { [6, 12], [18, 36], [6, 12] }));
        Assert.That(leaf.grad, Is.Null);
    }

    [Test]
    public void Of_WhatTheValueDoesNotDependOn_IsNull()
    {
        using var scope = NewDisposeScope();
        Tensor used = ones(2, requires_grad: true), unused = ones(2, requires_grad: true), untracked = ones(2);
        Assert.That(GuardedGradient.Of((used * untracked).sum(), [unused, untracked, unused * 2]), Has.All.Null);
        Assert.That(GuardedGradient.Of(ones(1), [used]), Has.All.Null, "a value without a graph");
    }

    [Test]
    public void Of_LeafThatHasAGradient_KeepsItsOwn()
    {
        using var scope = NewDisposeScope();
        var leaf = ones(2, requires_grad: true);
        (leaf * 5).sum().backward();
        Assert.That(ToyTraining.Values(GuardedGradient.Of((leaf * 7).sum(), [leaf])[0]!), Is.EqualTo(new[] { 7, 7 }));
        Assert.That(ToyTraining.Values(leaf.grad!), Is.EqualTo(new[] { 5, 5 }));
    }

    [Test]
    public void Of_WhatLibtorchRefuses_IsAnExceptionAndLeavesTheLeafAsItWas()
    {
        using var scope = NewDisposeScope();
        var leaf = ones(2, requires_grad: true);
        var freed = (leaf * leaf).sum();
        freed.backward();
        Assert.That(() => GuardedGradient.Of(freed, [leaf]), Throws.TypeOf<ExternalException>().With.Message.StartsWith("Trying to backward through the graph a second time"));
        Assert.That(() => GuardedGradient.Of(leaf * leaf, [leaf]), Throws.TypeOf<ExternalException>().With.Message.Contains("only for scalar outputs"));
        var changed = leaf.sigmoid();
        changed.add_(1);
        Assert.That(() => GuardedGradient.Of(changed.sum(), [leaf]), Throws.TypeOf<ExternalException>().With.Message.Contains("modified by an inplace operation"));
        Assert.That(ToyTraining.Values(leaf.grad!), Is.EqualTo(new[] { 2, 2 }));
    }
}
