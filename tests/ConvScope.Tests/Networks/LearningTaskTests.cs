using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Records.Networks.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Networks;

/// <summary>Losses and predictions of the tasks against numbers computed by hand, and what the descriptions say of them.</summary>
public sealed class LearningTaskTests
{
    [Test]
    public void Loss_Binary_IsTheCrossEntropyOfTheSigmoid()
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(new float[,] { { 0 }, { 2 }, { -3 } });
        var labels = tensor(new long[] { 1, 0, 1 });
        var expected = (Math.Log(2) + Math.Log(1 + Math.Exp(2)) + Math.Log(1 + Math.Exp(3))) / 3;
        Assert.That(new BinaryTask().Loss(outputs, labels).item<float>(), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void Loss_BinarySmoothed_MovesTheTargetsToTheMiddle()
    {
        using var scope = NewDisposeScope();
        var loss = new BinaryTask().Loss(tensor(new float[,] { { 2 } }), tensor(new long[] { 1 }), 0.1).item<float>();
        Assert.That(loss, Is.EqualTo(0.95 * Math.Log(1 + Math.Exp(-2)) + 0.05 * Math.Log(1 + Math.Exp(2))).Within(1e-6), "target 0.95");
    }

    [TestCase(0.0)]
    [TestCase(0.2)]
    public void ClassLogits_Binary_HaveTheSameLossAndProbabilities(double smoothing)
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(new float[,] { { 0.3f }, { 5 }, { -80 } });
        var labels = tensor(new long[] { 1, 0, 0 });
        var task = new BinaryTask();
        var logits = task.ClassLogits(outputs)!;
        Assert.That(nn.functional.cross_entropy(logits, labels, label_smoothing: smoothing).item<float>(), Is.EqualTo(task.Loss(outputs, labels, smoothing).item<float>()).Within(1e-5));
        Assert.That(logits.softmax(1)[.., 1].data<float>().ToArray(), Is.EqualTo(task.Predict(outputs).data<float>().ToArray()).Within(1e-7f));
    }

    [Test]
    public void Loss_Regression_IsTheSquaredErrorOfStandardisedLabels()
    {
        using var scope = NewDisposeScope();
        var task = new RegressionTask(100, 20); // labels 110 and 60 are learned as 0.5 and -2
        var outputs = tensor(new float[,] { { 1 }, { -1 } });
        Assert.That(task.Loss(outputs, tensor(new float[] { 110, 60 })).item<float>(), Is.EqualTo((0.25 + 1) / 2).Within(1e-6));
        Assert.That(task.Predict(outputs).data<float>().ToArray(), Is.EqualTo(new[] { 120f, 80 }));
    }

    [Test]
    public void Of_Labels_TakesTheirMeanAndDeviation()
    {
        var task = RegressionTask.Of([2, 4, 4, 4, 5, 5, 7, 9]);
        Assert.That((task.Mean, task.StandardDeviation), Is.EqualTo((5.0, 2.0)));
        Assert.That(RegressionTask.Of([3, 3]).StandardDeviation, Is.EqualTo(1), "all the same");
    }

    [Test]
    public void Of_NoOrOddLabels_SaysSo()
    {
        Assert.That(() => RegressionTask.Of([]), Throws.ArgumentException.With.Message.StartWith("There are no labels to standardise by."));
        Assert.That(() => RegressionTask.Of([1, float.NaN]), Throws.ArgumentException.With.Message.StartWith("The mean of labels is finite; it got NaN."));
        Assert.That(() => new RegressionTask(0, 0), Throws.ArgumentException.With.Message.StartWith("The standard deviation of labels is positive; it got 0."));
    }

    [Test]
    public void NetworkSpec_OneOutput_IsBinaryUntilItIsForRegression()
    {
        var binary = LeNet5.Create(1);
        Assert.That((binary.Task, binary.Outputs, binary.ClassCount), Is.EqualTo(((LearningTask)new BinaryTask(), 1, 2)));
        var regression = binary.For(new RegressionTask(3, 2));
        Assert.That((regression.Task, regression.Outputs, regression.ClassCount), Is.EqualTo(((LearningTask)new RegressionTask(3, 2), 1, 0)));
        Assert.That((LeNet5.Create().Task, LeNet5.Create().ClassCount), Is.EqualTo(((LearningTask)new MulticlassTask(), 10)));
    }

    [Test]
    public void For_TaskThatNeedsOtherOutputs_SaysBoth()
    {
        Assert.That(() => LeNet5.Create().For(new RegressionTask()), Throws.TypeOf<NetworkException>().With.Message.EqualTo("Network 'LeNet-5' has 10 outputs; regression needs 1."));
        Assert.That(() => LeNet5.Create(1).For(new MulticlassTask()), Throws.TypeOf<NetworkException>().With.Message.EqualTo("Network 'LeNet-5' has 1 output; multiclass classification needs at least 2."));
    }

    [Test]
    public void ToJson_Task_IsWrittenWhereItDoesNotFollowFromTheOutputs()
    {
        var regression = LeNet5.Create(1).For(new RegressionTask(0.1, 2.5));
        Assert.That(LeNet5.Create(1).ToJson(), Does.Not.Contain("task"));
        Assert.That(regression.ToJson(), Does.EndWith(",\"task\":{\"type\":\"regression\",\"mean\":0.1,\"standardDeviation\":2.5}}"));
        Assert.That(NetworkSpec.FromJson(regression.ToJson()).Task, Is.EqualTo(regression.Task));
        Assert.That(NetworkSpec.FromJson(LeNet5.Create(1).ToJson()).Task, Is.EqualTo(new BinaryTask()));
    }

    [TestCase("\"standardDeviation\":2", "\"standardDeviation\":-1", "The standard deviation of labels is positive")]
    [TestCase("\"regression\"", "\"ranking\"", "ranking")]
    [TestCase("\"outputs\":1", "\"outputs\":4", "Network 'LeNet-5' has 4 outputs; regression needs 1.")]
    public void FromJson_TaskThatIsWrong_SaysSo(string text, string replacement, string message)
    {
        var json = LeNet5.Create(1).For(new RegressionTask(0, 2)).ToJson();
        Assert.That(json, Does.Contain(text));
        Assert.That(() => NetworkSpec.FromJson(json.Replace(text, replacement, StringComparison.Ordinal)), Throws.TypeOf<NetworkException>().With.Message.Contain(message));
    }

    [TestCaseSource(typeof(NetworkZoo), nameof(NetworkZoo.Names))]
    public void Create_NetworkOfTheZooWithOneOutput_CanBeBelowZero(string name)
    {
        var spec = NetworkZoo.Create(name, 1);
        Assert.That(spec.Outputs, Is.EqualTo(1));
        Assert.That(spec.Layers.Last(layer => layer is not (FlattenLayer or AdaptiveAvgPool2dLayer)), Is.Not.InstanceOf<ReluLayer>());
        Assert.That(() => NetworkZoo.Create(name, 0), Throws.TypeOf<NetworkException>());
    }
}
