using ConvScope.Native;

namespace ConvScope.Tests.Native;

/// <summary>When memory is kept between steps: with glibc, and unless somebody has said otherwise.</summary>
public sealed class KeptMemoryTests
{
    [TestCase("HOME", "x", null)]
    [TestCase("GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=512", null)]
    [TestCase("GLIBC_TUNABLES", "glibc.malloc.trim_threshold=128", "GLIBC_TUNABLES")]
    [TestCase("MALLOC_ARENA_MAX", "2", "MALLOC_ARENA_MAX")]
    [TestCase("MALLOC_TRIM_THRESHOLD_", "1", "MALLOC_TRIM_THRESHOLD_")]
    [TestCase(KeptMemory.Variable, "1", null)]
    [TestCase(KeptMemory.Variable, "0", KeptMemory.Variable)]
    public void Reason_OfAnEnvironment_IsWhatTheUserHasChosen(string name, string value, string? expected) =>
        Assert.That(KeptMemory.Reason(new Dictionary<string, string> { [name] = value }), Is.EqualTo(expected));

    [Test]
    public void Reason_OfASwitch_IsItsName()
    {
        AppContext.SetSwitch(KeptMemory.Switch, false);
        try
        {
            Assert.That(KeptMemory.Reason(new Dictionary<string, string>()), Is.EqualTo(KeptMemory.Switch));
        }
        finally
        {
            AppContext.SetSwitch(KeptMemory.Switch, true);
        }

        Assert.That(KeptMemory.Reason(new Dictionary<string, string>()), Is.Null);
    }

    [Test]
    [Platform("Linux")]
    public void Keep_ASecondTime_SaysTheSame()
    {
        var first = KeptMemory.Keep();
        Assert.That(KeptMemory.Keep(), Is.EqualTo(first));
        Assert.That(KeptMemory.Release, Throws.Nothing);
    }
}
