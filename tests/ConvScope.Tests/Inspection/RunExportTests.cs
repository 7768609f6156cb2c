using System.Text;
using ConvScope.Inspection;
using ConvScope.Records.Recording;

namespace ConvScope.Tests.Inspection;

/// <summary>What other tools get.</summary>
public sealed class RunExportTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void WriteARecord()
    {
        _folder = new TemporaryFolder();
        using var writer = new RunRecordWriter(_folder.File("run"), new Dictionary<string, string>(), exception => Assert.Fail(exception.Message));
        writer.Append(new StepReadings(0, 1, 0.1, [(new Series("loss", "", "nats"), 2.302585092994046), (new Series("weight norm", "a,\"b\"", "1"), double.NaN)]) { Histograms = [("weight histogram", "a", new long[150])] });
        writer.Append(new StepReadings(10, 2, 0.2, [(new Series("loss", "", "nats"), double.PositiveInfinity)]));
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void WriteCsv_ARecord_HoldsEveryReadingInFullPrecision()
    {
        RunExport.WriteCsv(_folder.File("run"), _folder.File("run.csv"));
        Assert.That(File.ReadAllLines(_folder.File("run.csv")), Is.EqualTo(new[]
        {
            "quantity,target,unit,step,epoch,value", "loss,,nats,0,1,2.302585092994046", "loss,,nats,10,2,Infinity", "weight norm,\"a,\"\"b\"\"\",1,0,1,NaN",
        }));
        Assert.That(Directory.GetFiles(_folder.Path).Select(Path.GetFileName), Is.EqualTo(new[] { "run.csv" }), "nothing beside it");
    }

    [Test]
    public void WriteTensorBoard_ARecord_IsAnEventFileWithValidChecksums()
    {
        RunExport.WriteTensorBoard(_folder.File("run"), _folder.File("log"));
        var file = Directory.GetFiles(_folder.File("log")).Single();
        Assert.That(Path.GetFileName(file), Does.StartWith("events.out.tfevents."));
        var events = Events(File.ReadAllBytes(file));
        Assert.That(events, Has.Count.EqualTo(4), "the header and three scalars");
        Assert.That(events[0], Does.Contain("brain.Event:2"));
        Assert.That(events.Count(text => text.Contains("loss", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(events.Count(text => text.Contains("weight norm/a,\"b\"", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    /// <summary>The events of a file in TFRecord framing: length, its masked CRC-32C, bytes, their masked CRC-32C.</summary>
    private static List<string> Events(byte[] bytes)
    {
        var events = new List<string>();
        for (var place = 0; place < bytes.Length;)
        {
            var length = (int)BitConverter.ToUInt64(bytes, place);
            Assert.That(BitConverter.ToUInt32(bytes, place + 8), Is.EqualTo(Masked(bytes.AsSpan(place, 8).ToArray())), "checksum of the length");
            var content = bytes.AsSpan(place + 12, length).ToArray();
            Assert.That(BitConverter.ToUInt32(bytes, place + 12 + length), Is.EqualTo(Masked(content)), "checksum of the event");
            events.Add(Encoding.Latin1.GetString(content));
            place += length + 16;
        }

        return events;
    }

    private static uint Masked(byte[] content)
    {
        var crc = 0xffffffffu;
        foreach (var value in content)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
    }
}
