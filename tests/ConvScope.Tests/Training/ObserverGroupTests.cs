using ConvScope.Networks;
using ConvScope.Training;

namespace ConvScope.Tests.Training;

public sealed class ObserverGroupTests
{
    private static readonly TrainingOptions _options = new() { Epochs = 2, BatchSize = 8 };

    [Test]
    public void Tell_CompletedTraining_KeepsTheOrderOfEvents()
    {
        var events = new EventList();
        Train(null, events);
        Assert.That(events.Lines, Is.EqualTo(new[]
        {
            "started: 20 + 5 images, 3 steps an epoch on cpu",
            "step 0 of epoch 1: 8 images", "step 1 of epoch 1: 8 images", "step 2 of epoch 1: 4 images", "epoch 1 after step 2",
            "step 3 of epoch 2: 8 images", "step 4 of epoch 2: 8 images", "step 5 of epoch 2: 4 images", "epoch 2 after step 5",
            "ended: Completed after 6 steps",
        }));
    }

    [Test]
    public void Tell_SeveralObservers_TellsThemInTheirOrder()
    {
        var told = new List<string>();
        Train(null, new Named("a", told), new Named("b", told));
        Assert.That(told, Is.EqualTo(Enumerable.Repeat(new[] { "a", "b" }, 6).SelectMany(names => names)));
    }

    [TestCase("started", 1)]
    [TestCase("step 1 ", 3)]
    [TestCase("epoch 1 ", 5)]
    public void Tell_ObserverThatThrows_IsLoggedOnceAndToldOnlyOfTheEnd(string failAt, int linesUntilThen)
    {
        var logger = new ListLogger();
        var failing = new EventList { Failure = new InvalidOperationException("The disk is gone."), FailAt = failAt };
        var healthy = new EventList();
        Train(logger, failing, healthy);

        Assert.That(logger.Warnings, Is.EqualTo(new[] { "The observer EventList failed and is told no more steps; the training goes on. The disk is gone." }));
        Assert.That(failing.Lines, Has.Count.EqualTo(linesUntilThen + 1));
        Assert.That(failing.Lines[^1], Is.EqualTo("ended: Completed after 6 steps"));
        Assert.That(healthy.Lines, Has.Count.EqualTo(10), "the observer after it");
    }

    [Test]
    public void Tell_ObserverThatThrowsAtEveryEvent_IsLoggedOnce()
    {
        var logger = new ListLogger();
        var failing = new EventList { Failure = new InvalidOperationException("no") };
        Train(logger, failing);
        Assert.That(logger.Warnings, Has.Count.EqualTo(1));
        Assert.That(failing.Lines, Has.Count.EqualTo(2), "the start and the end");
    }

    [Test]
    public void Tell_ObserverThatThrowsAtTheEnd_IsLogged()
    {
        var logger = new ListLogger();
        Train(logger, new EventList { Failure = new InvalidOperationException("late"), FailAt = "ended" });
        Assert.That(logger.Warnings, Is.EqualTo(new[] { "The observer EventList failed and is told no more steps; the training goes on. late" }));
    }

    [Test]
    public void Tell_ObserverThatThrowsACancellation_DoesNotCancel()
    {
        var failing = new EventList { Failure = new OperationCanceledException(), FailAt = "step 0 " };
        Train(null, failing);
        Assert.That(failing.End!.Outcome, Is.EqualTo(TrainingOutcome.Completed));
    }

    [Test]
    public void Tell_WithAndWithoutObservers_GivesTheSameLossesToTheLastBit()
    {
        var plain = Train(null);
        var observed = Train(null, new EventList(), new EventList { Failure = new InvalidOperationException(), FailAt = "step 2" });
        Assert.That(observed, Is.EqualTo(plain));
    }

    private static double[] Train(ListLogger? logger, params TrainingObserver[] observers)
    {
        using var network = ToyImages.Network.CreateModule(2);
        using var train = ToyImages.Create(20);
        using var validation = ToyImages.Create(5, seed: 9);
        return [.. new Trainer(_options, observers, logger).Train(network, train, validation).Epochs.Select(epoch => epoch.TrainLoss)];
    }

    private sealed class Named(string name, List<string> told) : TrainingObserver
    {
        public override void OnStepCompleted(StepCompleted completed) => told.Add(name);
    }
}
