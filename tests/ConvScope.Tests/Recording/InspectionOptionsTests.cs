using ConvScope.Quantities;
using ConvScope.Recording;

namespace ConvScope.Tests.Recording;

public sealed class InspectionOptionsTests
{
    [TestCase("")]
    [TestCase("  ")]
    public void Validate_EmptyFolder_NamesIt(string folder) =>
        Assert.That(Assert.Throws<ArgumentException>(new InspectionOptions(folder).Validate)!.Message,
            Is.EqualTo("The value cannot be an empty string or composed entirely of whitespace. (Parameter 'Folder')"));

    [Test]
    public void Validate_MissingValue_NamesIt()
    {
        Assert.That(Assert.Throws<ArgumentNullException>(new InspectionOptions((string)null!).Validate)!.ParamName, Is.EqualTo("Folder"));
        Assert.That(Assert.Throws<ArgumentNullException>(new InspectionOptions("run") { Schedule = null! }.Validate)!.ParamName, Is.EqualTo("Schedule"));
    }

    [Test]
    public void Constructor_OfARecorder_ChecksTheOptions() =>
        Assert.That(Assert.Throws<ArgumentException>(() => new RunRecorder(new InspectionOptions(" ")).Dispose())!.ParamName, Is.EqualTo("Folder"));

    [Test]
    public void Defaults_OfTheOptions_MeasureEveryTenthStepAndDraw()
    {
        var options = new InspectionOptions("run");
        Assert.DoesNotThrow(options.Validate);
        Assert.That((options.Schedule, options.Figures, options.Dataset), Is.EqualTo((Schedule.Every(10), true, (string?)null)));
    }
}
