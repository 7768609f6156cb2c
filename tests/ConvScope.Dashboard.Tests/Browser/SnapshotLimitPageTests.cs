using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Html;

namespace ConvScope.Dashboard.Tests.Browser;

[Category("Browser")]
public sealed class SnapshotLimitPageTests : PageTest
{
    [Test]
    public async Task Verdict_OfARunWhoseSnapshotsReachedTheirLimit_SaysSo()
    {
        using var folder = new TemporaryFolder();
        Dictionary<string, string> metadata = new() { ["network"] = "by hand", ["device"] = "cpu", ["status"] = "completed" };
        using (var writer = new RunRecordWriter(folder.File("run"), metadata, exception => Assert.Fail(exception.Message)) { SnapshotLimit = 450 })
        {
            for (var step = 0; step < 6; step++)
            {
                writer.Append(ToyRun.Loss(step, 1));
                writer.AppendSnapshot(step, step, SnapshotKind.Weights, [new NamedArray("w", [2], [step, 1])]);
            }
        }

        await Page.GotoAsync(new Uri(HtmlReport.Write(folder.File("run"))).AbsoluteUri);
        Assert.That(await (await PaneAsync("Verdict")).InnerTextAsync(), Does.Match(@"snapshots\s+the limit of 450 B was reached in epoch \d: \d older snapshots were deleted"));
    }
}
