using ConvScope.Networks;
using ConvScope.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

public sealed class EvaluatorTests
{
    [Test]
    public void Evaluate_ToyImages_EqualsTheSlowLoop()
    {
        using var scope = NewDisposeScope();
        using var network = ToyImages.Network.CreateModule(2);
        using var data = ToyImages.Create(20);
        var (loss, right) = (0.0, 0);
        for (var n = 0; n < 20; n++)
        {
            var sums = SlowMetrics.Sums(network.call(data.Images.narrow(0, n, 1)), data.Labels.narrow(0, n, 1));
            (loss, right) = (loss + sums.Loss, right + sums.Right);
        }

        var measured = Evaluator.Evaluate(network, data, batchSize: 8); // 8, 8 and 4 images
        Assert.That(measured.Loss, Is.EqualTo(loss / 20).Within(1e-6));
        Assert.That(measured.Accuracy, Is.EqualTo(right / 20.0));
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(20)]
    [TestCase(1000)]
    public void Evaluate_AnyBatchSize_GivesTheSameNumbers(int batchSize)
    {
        using var network = ToyImages.Network.CreateModule(2);
        using var data = ToyImages.Create(20);
        var whole = Evaluator.Evaluate(network, data);
        var batched = Evaluator.Evaluate(network, data, batchSize);
        Assert.That(batched.Loss, Is.EqualTo(whole.Loss).Within(1e-6));
        Assert.That(batched.Accuracy, Is.EqualTo(whole.Accuracy));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Evaluate_NetworkInEitherMode_LeavesItInThatMode(bool training)
    {
        using var network = ToyImages.Network.CreateModule(2);
        using var data = ToyImages.Create(3);
        network.train(training);
        Evaluator.Evaluate(network, data);
        Assert.That(network.modules().Select(module => module.training), Has.All.EqualTo(training));
    }

    [Test]
    public void Evaluate_NetworkWithDropout_RunsInEvaluationModeWithoutGradients()
    {
        using var network = new WatchedNetwork();
        using var data = ToyImages.Create(3);
        Evaluator.Evaluate(network, data);
        Assert.That(network.Seen, Is.EqualTo((false, false)), "training mode, gradients");
        Assert.That(network.training);
        Assert.That(is_grad_enabled());
    }

    [Test]
    public void Evaluate_NetworkThatFails_RestoresTheMode()
    {
        using var network = new WatchedNetwork { Failure = new InvalidOperationException("no") };
        using var data = ToyImages.Create(3);
        Assert.Throws<InvalidOperationException>(() => Evaluator.Evaluate(network, data));
        Assert.That(network.training);
        Assert.That(is_grad_enabled());
    }

    [Test]
    public void Evaluate_BatchSizeOfNone_NamesIt()
    {
        using var network = ToyImages.Network.CreateModule(2);
        using var data = ToyImages.Create(3);
        Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => Evaluator.Evaluate(network, data, 0))!.ParamName, Is.EqualTo("batchSize"));
    }

    [Test]
    public void Evaluate_Again_LeavesNoNativeTensor()
    {
        using var network = ToyImages.Network.CreateModule(2);
        using var data = ToyImages.Create(9);
        Assert.That(NativeTensors.LeftBehindBySecond(() => Evaluator.Evaluate(network, data, 4)), Is.Zero);
    }

    /// <summary>Notes in which state it was called.</summary>
    private sealed class WatchedNetwork() : nn.Module<Tensor, Tensor>("watched")
    {
        public Exception? Failure { get; init; }

        public (bool Training, bool Gradients) Seen { get; private set; } = (true, true);

        public override Tensor forward(Tensor images)
        {
            if (Failure is not null)
                throw Failure;
            Seen = (training, is_grad_enabled());
            return zeros(images.shape[0], 3);
        }
    }
}
