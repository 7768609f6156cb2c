using System.Runtime.InteropServices;
using ConvScope.Records.Checkpoints;
using ConvScope.Reporting.Comparison;
using ConvScope.Reporting.Views;

namespace ConvScope.Reporting.Tests.Views;

/// <summary>Tensors as the page gets them.</summary>
public sealed class TensorViewTests
{
    [Test]
    public void Of_ASmallTensor_HasAllItsBits()
    {
        var array = ToyRecord.Random("w", 3, 4);
        Assert.That(MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(TensorView.Of(array).Values)).ToArray(), Is.EqualTo(array.Values));
    }

    [Test]
    public void Of_HalfPrecision_IsRoundedAsIeeeSays()
    {
        var array = new NamedArray("w", [5], [1.0001f, -0.333333f, 1e-8f, 70000, float.NaN]);
        var halves = MemoryMarshal.Cast<byte, Half>(Convert.FromBase64String(TensorView.Of(array, half: true).Values)).ToArray();
        Assert.That(halves, Is.EqualTo(Array.ConvertAll(array.Values, value => (Half)value)));
    }

    [Test]
    public void Of_ALargeTensor_IsAMapOfMeans()
    {
        var array = new NamedArray("w", [600, 1000], [.. Enumerable.Range(0, 600_000).Select(index => (float)(index / 1000 % 2))]); // rows of zeros and ones
        var view = TensorView.Of(array);
        Assert.That((view.IsPooled, view.Rows, view.Columns, view.PooledRows, view.PooledColumns), Is.EqualTo((true, 300, 500, 2, 2)));
        Assert.That(MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(view.Values)).ToArray(), Is.All.EqualTo(0.5f));
        Assert.That(view.Summary.Mean, Is.EqualTo(0.5).Within(1e-12), "numbers are of all elements");
    }

    [Test]
    public void Pooled_ElementsThatAreNotFinite_AreLeftOut()
    {
        var array = new NamedArray("w", [2, 2], [1, float.NaN, float.PositiveInfinity, 3]);
        Assert.That(PooledMap.Of(array, 1).Cells, Is.EqualTo(new[] { 2f }));
    }

    [Test]
    public void Shares_OfARegion_AreTheTwinsCounts()
    {
        NamedArray first = ToyRecord.Random("one", 6, 2, 3, 3), second = ToyRecord.Random("other", 6, 2, 3, 3);
        var shares = ScatterSelection.Shares(first, second, -0.2, 0.5, 0, 0.5);
        Assert.That(shares.Sum(), Is.EqualTo(first.Values.Zip(second.Values).Count(pair => pair.First is >= -0.2f and <= 0.5f && pair.Second is >= 0 and <= 0.5f)));
    }
}
