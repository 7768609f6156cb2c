using ConvScope.Records.Recording;
using ConvScope.Measuring;

namespace ConvScope.Tests.Measuring;

public sealed class LeftOutTests
{
    [Test]
    public void Try_PartThatFails_IsWarnedOfOnceAndNotTriedAgain()
    {
        var logger = new ListLogger();
        var leftOut = new LeftOut(logger);
        var calls = 0;
        for (var time = 0; time < 3; time++)
            Assert.That(leftOut.Try("maps", () => ++calls > 1 ? throw new InvalidOperationException("Too many.\n  at native") : calls, -1), Is.EqualTo(time == 0 ? 1 : -1));
        Assert.That(calls, Is.EqualTo(2));
        Assert.That(logger.Warnings, Is.EqualTo(new[] { "The inspection leaves maps out from now on; the rest of it and the training go on. Too many." }));
        Assert.That(leftOut.Parts, Is.EqualTo(new[] { new LeftOutPart("maps", -1, "Too many.") }));
    }

    [Test]
    public void Try_OthersThatFailForTheSameReason_AreInformation()
    {
        var logger = new ListLogger();
        var leftOut = new LeftOut(logger);
        leftOut.Try("maps", () => throw new InvalidOperationException("It got 64 images."));
        leftOut.Try("units", () => throw new InvalidOperationException("It got 4 images."));
        leftOut.Try("norms", () => throw new InvalidOperationException("It got no images."));
        Assert.That(logger.Warnings.Select(line => line.Split(' ')[3]), Is.EqualTo(new[] { "maps", "norms" }));
        Assert.That(logger.Lines.Select(line => line.Split(' ')[3]), Is.EqualTo(new[] { "units" }));
    }

    [Test]
    public void Try_ReasonOfManyLetters_IsCut()
    {
        var logger = new ListLogger();
        new LeftOut(logger).Try("maps", () => throw new InvalidOperationException(new string('x', 5000)));
        Assert.That(logger.Warnings.Single(), Does.EndWith("xxx …").And.Length.LessThan(450));
    }
}
