using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using ConvScope.Reporting.Html;

namespace ConvScope.Reporting.Tests.Html;

/// <summary>The report's bytes; how it looks in a browser is tested with the dashboard.</summary>
public sealed partial class HtmlReportTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Render_SameRecordTwice_GivesTheSameBytes()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, step => 2.3 - step * 0.05);
        var once = HtmlReport.Render(_folder.Path);
        Assert.That(HtmlReport.Render(_folder.Path), Is.EqualTo(once));
    }

    [Test]
    public void Render_AnyRecord_NamesNoAddressToFetch()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, step => 2.3 - step * 0.05);
        var html = Encoding.UTF8.GetString(HtmlReport.Render(_folder.Path));
        Assert.That(Fetched().Matches(html).Select(match => match.Value), Is.Empty);
        Assert.That(html, Does.Contain("default-src 'none'"));
    }

    [Test]
    public void Render_ALongSeries_KeepsFirstAndLastReading()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, step => 2.3 - step * 0.05);
        var run = Data(HtmlReport.Render(_folder.Path)).GetProperty("runs")[0];
        using var record = RunRecord.Open(_folder.Path);
        var loss = run.GetProperty("series")[0].GetProperty("curve");
        Assert.That(loss.GetProperty("value").EnumerateArray().Select(value => value.GetDouble()), Is.EqualTo(record.Read("loss").Select(reading => reading.Value)));
        Assert.That(run.GetProperty("view").GetProperty("series")[0].GetProperty("quantity").GetString(), Is.EqualTo("loss"));
    }

    [Test]
    public void Render_LossesThatAreNotFinite_AreGaps()
    {
        ToyRecord.Write(_folder.Path, null, step => step < 20 ? 1 : step == 20 ? double.NaN : double.PositiveInfinity);
        var values = Data(HtmlReport.Render(_folder.Path)).GetProperty("runs")[0].GetProperty("series")[0].GetProperty("curve").GetProperty("value").EnumerateArray().ToArray();
        Assert.That(values.Take(20).Select(value => value.ValueKind), Is.All.EqualTo(JsonValueKind.Number));
        Assert.That(values.Skip(20).Select(value => value.ValueKind), Is.All.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public void Render_TensorsLargerThanTheFileMayBe_ArePooledAndOldOnesLeftOut()
    {
        using (var writer = new RunRecordWriter(_folder.File("run"), new Dictionary<string, string>(), exception => Assert.Fail(exception.Message)))
        {
            for (var step = 0; step < 8; step++)
                writer.AppendSnapshot(step, step, SnapshotKind.Weights, [ToyRecord.Random("large.weight", 1000, 1000), ToyRecord.Random("middle.weight", 300, 400)]);
        }

        var bytes = HtmlReport.Render(_folder.File("run"));
        var run = Data(bytes).GetProperty("runs")[0];
        Assert.That(bytes, Has.Length.LessThan(5_000_000));
        var kept = run.GetProperty("view").GetProperty("snapshots").EnumerateArray().Select(snapshot => snapshot.GetProperty("step").GetInt64()).ToArray();
        Assert.That(kept, Is.Ordered.And.Not.Empty.And.Length.LessThan(8));
        Assert.That(kept[^1], Is.EqualTo(7), "the newest stay");
        Assert.That(run.GetProperty("tensors").EnumerateArray().First().GetProperty("tensor").GetProperty("isPooled").GetBoolean(), Is.True);
    }

    [Test]
    public void Render_LargeGradientsAndSmallImages_LeavesOutTheGradients()
    {
        using (var writer = new RunRecordWriter(_folder.File("run"), new Dictionary<string, string>(), exception => Assert.Fail(exception.Message)))
        {
            NamedArray[] large = [.. Enumerable.Range(0, 5).Select(index => ToyRecord.Random($"{index}.weight", 300, 400))];
            writer.AppendSnapshot(0, 1, SnapshotKind.Augmentation, [ToyRecord.Random("before", 4, 1, 8, 8)]);
            writer.AppendSnapshot(5, 1, SnapshotKind.Weights, large);
            writer.AppendSnapshot(5, 1, SnapshotKind.Gradients, large);
        }

        var kept = Data(HtmlReport.Render(_folder.File("run"))).GetProperty("runs")[0].GetProperty("view").GetProperty("snapshots").EnumerateArray().Select(snapshot => snapshot.GetProperty("kind").GetString());
        Assert.That(kept, Is.EquivalentTo(new[] { "Weights", "Augmentation" }));
    }

    [Test]
    public void Render_ANameWithMarkup_IsText()
    {
        ToyRecord.Write(_folder.File("<script>alert(1)<"), ToyRecord.Parameters, step => 1);
        var html = Encoding.UTF8.GetString(HtmlReport.Render(_folder.File("<script>alert(1)<")));
        Assert.That(html, Does.Not.Contain("<script>alert(1)"));
    }

    [Test]
    public void Write_IntoTheRun_LeavesTheFileAndNothingElse()
    {
        ToyRecord.Write(_folder.Path, ToyRecord.Parameters, step => 1);
        Assert.That(HtmlReport.Write(_folder.Path), Is.EqualTo(_folder.File("report.html")));
        Assert.That(File.ReadAllBytes(_folder.File("report.html")), Is.EqualTo(HtmlReport.Render(_folder.Path)));
        Assert.That(Directory.EnumerateFiles(_folder.Path, "*.tmp"), Is.Empty);
    }

    [Test]
    public void Write_WithoutARecord_SaysSo() => Assert.That(() => HtmlReport.Write(_folder.Path), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("holds no record"));

    private static JsonElement Data(byte[] html)
    {
        var packed = Packed().Match(Encoding.UTF8.GetString(html)).Groups[1].Value;
        using var deflate = new DeflateStream(new MemoryStream(Convert.FromBase64String(packed)), CompressionMode.Decompress);
        return JsonDocument.Parse(deflate).RootElement;
    }

    [GeneratedRegex("id=\"convscope-data\">([^<]*)<")]
    private static partial Regex Packed();

    [GeneratedRegex("(src|href)=[\"']?(https?:)?//[^\"' >]+|url\\((https?:)?//|@import|fetch\\([\"']http", RegexOptions.IgnoreCase)]
    private static partial Regex Fetched();
}
