using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Reporting.Html;
using ConvScope.Training;
using Microsoft.Playwright;

namespace ConvScope.Dashboard.Tests.Browser;

/// <summary>The report of a regression: it has errors, and no accuracy, confusions or mistakes.</summary>
[Category("Browser")]
public sealed class RegressionPageTests : PageTest
{
    private TemporaryFolder _folder = null!;
    private string _report = null!;

    [OneTimeSetUp]
    public void WriteReport()
    {
        _folder = new TemporaryFolder();
        using var images = ToySquares.Regression(48);
        using var validation = ToySquares.Regression(24, seed: 2);
        var network = ToySquares.Network.For(new RegressionTask(5300, 170));
        using var module = network.CreateModule(1);
        using var recorder = new RunRecorder(new InspectionOptions(_folder.File("run")) { Schedule = Schedule.Every(2) }, network);
        new Trainer(new TrainingOptions { Epochs = 3, BatchSize = 8 }, [recorder]).Train(module, images, validation);
        _report = HtmlReport.Write(_folder.File("run"));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task Report_OfARegression_ShowsErrorsInPlaceOfAccuracy()
    {
        await Page.GotoAsync(new Uri(_report).AbsoluteUri);
        var verdict = await (await PaneAsync("Verdict")).InnerTextAsync();
        Assert.That(verdict, Does.Contain("training error (RMSE)").And.Contain("validation error (RMSE)").And.Contain("validation R²").And.Not.Contain("accuracy").And.Not.Contain("NaN").And.Not.Contain("undefined"));
        await PaneAsync("Error");
        await PaneAsync("Loss");
        await Assertions.Expect(Page.Locator(".pane[aria-label='Accuracy']")).ToHaveCountAsync(0);
        Assert.That(await (await PaneAsync("Confusion")).InnerTextAsync(), Does.Contain("A regression has no classes to confuse."));
        Assert.That(await (await PaneAsync("Worst mistakes")).InnerTextAsync(), Does.Contain("A regression has no answers that are wrong"));
        foreach (var pane in await PanesAsync())
        {
            await pane.ScrollIntoViewIfNeededAsync();
            await Assertions.Expect(pane).ToHaveAttributeAsync("data-drawn", "true");
            Assert.That(await pane.Locator(".problem").CountAsync(), Is.Zero, await pane.GetAttributeAsync("aria-label"));
        }
    }
}
