using ConvScope.Inspection;
using ConvScope.Quantities;
using ConvScope.Records.Recording;

namespace ConvScope.Tests.Inspection;

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
        Assert.That(Assert.Throws<ArgumentNullException>(new InspectionOptions("run") { Snapshots = null! }.Validate)!.ParamName, Is.EqualTo("Snapshots"));
    }

    [Test]
    public void Constructor_OfARecorder_ChecksTheOptions() =>
        Assert.That(Assert.Throws<ArgumentException>(() => new RunRecorder(new InspectionOptions(" ")).Dispose())!.ParamName, Is.EqualTo("Folder"));

    [TestCase(0.0)]
    [TestCase(1.5)]
    [TestCase(double.NaN)]
    public void Validate_BudgetOutOfRange_NamesIt(double budget) =>
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(new InspectionOptions("run") { Budget = budget }.Validate)!.Message, Does.StartWith("The budget is a share of the training's time, above 0 to 1."));

    [TestCase(0)]
    [TestCase(-1)]
    public void Validate_SnapshotLimitBelowOne_NamesIt(long limit)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(new InspectionOptions("run") { SnapshotLimit = limit }.Validate)!;
        Assert.That((error.ParamName, error.Message), Is.EqualTo(("SnapshotLimit",
            $"The limit of the snapshots is a number of bytes, at least 1; null is no limit. (Parameter 'SnapshotLimit')\nActual value was {limit}.")));
    }

    [Test]
    public void Defaults_OfTheOptions_AreStandardWithinTwoPercent()
    {
        var options = new InspectionOptions("run");
        Assert.DoesNotThrow(options.Validate);
        Assert.That((options.Level, options.Budget, options.Schedule, options.Figures, options.Diagnose, options.StopOn), Is.EqualTo((InspectionLevel.Standard, 0.02, (Schedule?)null, true, true, (Severity?)null)));
        Assert.That(options.Plan().Select(group => $"{group.Name} {group.Schedule}"),
            Is.EqualTo(new[] { "batch every 10 steps", "parameters every 10 steps", "histograms 3 times a decade and every 250 steps", "layers 3 times a decade and every 250 steps" }));
    }

    [Test]
    public void Plan_OwnSchedule_HoldsForAllGroups() => Assert.That(
        new InspectionOptions("run") { Schedule = Schedule.Every(7) }.Plan().Select(group => group.Schedule), Has.All.EqualTo(Schedule.Every(7)));
}
