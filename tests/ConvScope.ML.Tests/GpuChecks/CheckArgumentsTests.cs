using ConvScope.GpuCheck;

namespace ConvScope.ML.Tests.GpuChecks;

public sealed class CheckArgumentsTests
{
    private static readonly string[] _checks = ["load", "move", "bits"];

    [Test]
    public void Parse_FolderAlone_RunsEveryCheckOnTheGpuAtFullScale()
    {
        var arguments = CheckArguments.Parse(["out"], _checks);
        Assert.Multiple(() =>
        {
            Assert.That(arguments.Output, Is.EqualTo(Path.GetFullPath("out")));
            Assert.That(arguments.Checks, Is.EqualTo(_checks));
            Assert.That(arguments.IsCuda, Is.True);
            Assert.That(arguments.Scale, Is.EqualTo(1));
            Assert.That(arguments.Limit, Is.EqualTo(TimeSpan.FromSeconds(240)));
        });
    }

    [Test]
    public void Parse_OptionsBetweenChecks_TakesBoth()
    {
        var arguments = CheckArguments.Parse(["--device", "cpu", "out", "bits", "--scale", "0.015", "load", "--seconds", "12.5"], _checks);
        Assert.Multiple(() =>
        {
            Assert.That(arguments.Checks, Is.EqualTo(new[] { "bits", "load" }));
            Assert.That(arguments.IsCuda, Is.False);
            Assert.That(arguments.Scale, Is.EqualTo(0.015));
            Assert.That(arguments.Limit, Is.EqualTo(TimeSpan.FromSeconds(12.5)));
        });
    }

    [TestCase("There is no check 'byts'; there are load, move, bits.", "out", "byts")]
    [TestCase("--device is 'tpu'; it may be cuda or cpu.", "out", "--device", "tpu")]
    [TestCase("--scale is '0'; it must be a number above 0.", "out", "--scale", "0")]
    [TestCase("--seconds is 'NaN'; it must be a number above 0.", "out", "--seconds", "NaN")]
    [TestCase("There is no option --speed; there are --device, --scale and --seconds.", "out", "--speed", "1")]
    [TestCase("'--scale' has no value.", "out", "--scale")]
    [TestCase("The folder for results is missing: ConvScope.GpuCheck OUT [--device cuda|cpu] [--scale 1] [--seconds 240] [check ...]")]
    public void Parse_WrongArguments_SaysWhatIsAllowed(string message, params string[] arguments) =>
        Assert.That(() => CheckArguments.Parse(arguments, _checks), Throws.ArgumentException.With.Message.EqualTo(message));
}
