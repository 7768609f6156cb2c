using System.Globalization;
using ConvScope.Native.Kernels;

namespace ConvScope.Tests.Native.Kernels;

/// <summary>libtorch's true kernels, wrong as they are on a machine that hides its caches: <see cref="HiddenCaches"/>.</summary>
[Platform("Linux")]
public sealed class HiddenCachesTests
{
    private static readonly string _program = typeof(KernelProgram).Assembly.Location;
    private static readonly Lazy<string[]> _right = new(() => FreshProcess.Run(_program, "kernels", KernelProgram.Visible));

    [Test]
    public void Faults_HiddenCaches_AreFoundByTheSmallGrid()
    {
        var lines = FreshProcess.Run(_program, "kernels", KernelProgram.Hidden);
        Assert.That(lines[0], Is.EqualTo("in use False"), "nothing of oneDNN runs while libtorch is loaded");
        Assert.That(lines, Has.Some.Contains("gradient by the input of a convolution 1→6, 5×5"));
    }

    [TestCase(nameof(KernelCure.CacheSizes), "told True")]
    [TestCase(nameof(KernelCure.WithoutOneDnn), "switched off True")]
    public void Faults_HiddenCachesAndACure_AreNoneAndATrainingIsTheSame(string cure, string applied)
    {
        var lines = FreshProcess.Run(_program, "kernels", cure);
        Assert.That(lines, Has.None.StartsWith("fault"));
        Assert.That(lines[1], Is.EqualTo(applied));
        Assert.That(Losses(lines[2..]), Is.EqualTo(Losses(_right.Value[1..])).Within(1e-3));
    }

    [Test]
    public void Load_HiddenCachesInAnyProgram_ChecksAndGoesWithoutOneDnnAndRemembersIt()
    {
        using var cache = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = typeof(HiddenCaches).Assembly.Location, ["CONVSCOPE_CACHE"] = cache.File("") };
        // What the dropped blocks hold is what lay in memory: wrong by any amount, or not a number.
        Assert.That(FreshProcess.Run(_program, environment, "kernels", KernelProgram.Loaded).Single(), Does.Match(
            "^without oneDNN, because with it the (output|gradient by the .*) of a convolution .*, is (not finite|off by .* of its largest value); checked now$"));
        Assert.That(FreshProcess.Run(_program, environment, "kernels", KernelProgram.Loaded).Single(), Does.EndWith("; checked by an earlier process"));
    }

    private static double[] Losses(IEnumerable<string> lines) => [.. lines.Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
}
