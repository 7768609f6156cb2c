using ConvScope.Records.Files;

namespace ConvScope.Records.Tests.Files;

public sealed class ByteSizeTests
{
    [TestCase(0, "0 B")]
    [TestCase(999, "999 B")]
    [TestCase(1000, "1.0 KB")]
    [TestCase(34_567, "35 KB")]
    [TestCase(1_234_567, "1.2 MB")]
    [TestCase(553_000_000, "553 MB")]
    [TestCase(2_500_000_000_000, "2.5 TB")]
    public void Text_OfBytes_HasTwoOrThreeDigits(long bytes, string expected) => Assert.That(ByteSize.Text(bytes), Is.EqualTo(expected));

    [TestCase("1500000", 1_500_000)]
    [TestCase("500 MB", 500_000_000)]
    [TestCase("1.5gib", 1_610_612_736)]
    [TestCase("20KB", 20_000)]
    [TestCase("7 B", 7)]
    public void TryParse_ASize_GivesItsBytes(string text, long expected)
    {
        Assert.That(ByteSize.TryParse(text, out var bytes), Is.True);
        Assert.That(bytes, Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase("MB")]
    [TestCase("0")]
    [TestCase("-5 MB")]
    [TestCase("5 XB")]
    [TestCase("5 M")]
    [TestCase("1e3")]
    [TestCase("99999999999 TB")]
    public void TryParse_NoSize_SaysNo(string text) => Assert.That(ByteSize.TryParse(text, out _), Is.False);
}
