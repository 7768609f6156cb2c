using ConvScope.Augmentation;
using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using ConvScope.Training.Saving;
using static TorchSharp.torch;

namespace ConvScope.Tests.Training;

/// <summary>Trainings of networks with one output.</summary>
public sealed class TaskTrainingTests
{
    private static readonly TrainingOptions _options = new() { Epochs = 15, BatchSize = 8, LearningRate = 0.02, Seed = 3 };

    [Test]
    public void Train_Binary_LearnsBrightAndDark()
    {
        using var data = ToySquares.Binary(80);
        using var fresh = ToySquares.Binary(40, seed: 2);
        using var network = ToySquares.Network.CreateModule(2);
        var last = new Trainer(_options).Train(network, data, fresh).Epochs[^1];
        Assert.That(last.ValidationAccuracy, Is.GreaterThan(0.9));
        Assert.That((last.TrainError, last.ValidationError), Is.EqualTo(((RegressionError?)null, (RegressionError?)null)));
        Assert.That(last.ValidationConfusion!.ClassCount, Is.EqualTo(2));
        Assert.That(last.ValidationConfusion.Counts.Sum(), Is.EqualTo(40));
        Assert.That(last.ToString(), Does.Match(@"^\[15/15\]: Loss: \d\.\d{3} \| Accu: \d+\.\d{3}% \| Validation: \d+\.\d{3}%$"));
    }

    [Test]
    public void Train_Regression_LearnsThePlaceInItsOwnUnit()
    {
        using var data = ToySquares.Regression(120);
        using var fresh = ToySquares.Regression(40, seed: 2);
        var task = RegressionTask.Of(data.Labels.data<float>().ToArray());
        using var network = ToySquares.Network.For(task).CreateModule(2);
        var last = new Trainer(_options with { Epochs = 25, Optimizer = new ConvScope.Training.Optimization.AdamOptimizer(), LearningRate = 0.005 }).Train(network, data, fresh).Epochs[^1];
        Assert.That((last.TrainAccuracy, last.ValidationAccuracy, last.TrainConfusion, last.ValidationConfusion), Is.EqualTo(((double?)null, (double?)null, (ConfusionMatrix?)null, (ConfusionMatrix?)null)));
        Assert.That(last.ValidationMistakes, Is.Empty);
        Assert.That(last.ValidationError!.RSquared, Is.GreaterThan(0.8));
        Assert.That(last.ValidationError.RootMeanSquared, Is.InRange(1, 80), "a deviation of about 170");
        Assert.That(last.TrainError!.RootMeanSquared, Is.EqualTo(task.StandardDeviation * Math.Sqrt(last.TrainLoss)).Within(1e-3), "the loss is in variances of the labels");
        Assert.That(last.ToString(), Does.Match(@"^\[25/25\]: Loss: \d\.\d{3} \| RMSE: [\d.]+ \| R²: 0\.\d{3} \| Validation: [\d.]+$"));
    }

    [Test]
    public void Evaluate_Regression_GivesTheErrorsOfPlainArithmetic()
    {
        using var scope = NewDisposeScope();
        using var data = ToySquares.Regression(21);
        var task = new RegressionTask(5300, 150);
        using var network = ToySquares.Network.For(task).CreateModule(2);
        var scores = Evaluator.Evaluate(network, data, batchSize: 8);

        network.eval();
        var labels = data.Labels.data<float>().ToArray().Select(label => (double)label).ToArray();
        var predicted = network.call(data.Images).data<float>().ToArray().Select(output => 5300 + 150.0 * output).ToArray();
        var squares = labels.Zip(predicted, (label, value) => (label - value) * (label - value)).Sum();
        var mean = labels.Average();
        Assert.That(scores.Error!.RootMeanSquared, Is.EqualTo(Math.Sqrt(squares / 21)).Within(1e-3));
        Assert.That(scores.Error.RSquared, Is.EqualTo(1 - squares / labels.Sum(label => (label - mean) * (label - mean))).Within(1e-5));
        Assert.That(scores.Loss, Is.EqualTo(squares / 21 / (150 * 150)).Within(1e-5));
        Assert.That((scores.Accuracy, scores.Confusion, scores.WorstMistakes.Count), Is.EqualTo(((double?)null, (ConfusionMatrix?)null, 0)));
    }

    [Test]
    public void Evaluate_Binary_CountsAnswersAboveZeroAsYes()
    {
        using var data = LabeledImages.Create(new byte[4 * 64], [1, 0, 1, 0], ToySquares.Network.Input);
        using var network = new Fixed([2, 3, -1, 0]);
        var scores = Evaluator.Evaluate(network, data, task: new BinaryTask());
        Assert.That(scores.Confusion!.Counts, Is.EqualTo(new long[] { 1, 1, 1, 1 }), "no as no, no as yes, yes as no, yes as yes");
        Assert.That(scores.Accuracy, Is.EqualTo(0.5));
        Assert.That(scores.Loss, Is.EqualTo((Log(-2) + Log(3) + Log(1) + Log(0)) / 4).Within(1e-6));
        Assert.That(scores.WorstMistakes.Select(mistake => (mistake.Row, mistake.Label, mistake.Predicted)), Is.EqualTo(new[] { (1L, 0, 1), (2L, 1, 0) }));
        Assert.That(scores.WorstMistakes[0].Probability, Is.EqualTo(1 / (1 + Math.Exp(-3))).Within(1e-6));

        static double Log(double x) => Math.Log(1 + Math.Exp(x));
    }

    [Test]
    public void Train_ResumedRegression_KeepsErrorsAndGivesTheSameBits()
    {
        using var folder = new TemporaryFolder();
        using var data = ToySquares.Regression(24);
        var spec = ToySquares.Network.For(RegressionTask.Of(data.Labels.data<float>().ToArray()));
        using var whole = spec.CreateModule(2);
        using var first = spec.CreateModule(2);
        using var second = spec.CreateModule(2);
        var options = _options with { Epochs = 4, Checkpoints = new CheckpointOptions(folder.File("checkpoints")) };
        var expected = new Trainer(options with { Checkpoints = null }).Train(whole, data, data);
        new Trainer(options with { Epochs = 2 }).Train(first, data, data);
        var resumed = new Trainer(options with { ResumeFrom = folder.File("checkpoints") }).Train(second, data, data);

        Assert.That(ParameterBits.Of(second), Is.EqualTo(ParameterBits.Of(whole)));
        Assert.That(resumed.Epochs.Select(epoch => (epoch.TrainError, epoch.ValidationError, epoch.TrainAccuracy)), Is.EqualTo(expected.Epochs.Select(epoch => (epoch.TrainError, epoch.ValidationError, epoch.TrainAccuracy))));
    }

    [Test]
    public void Train_MixUp_MixesTheLossOfARegressionToo()
    {
        using var data = ToySquares.Regression(24);
        using var network = ToySquares.Network.For(new RegressionTask(5300, 150)).CreateModule(2);
        Assert.That(new Trainer(_options with { Epochs = 2, Augmentations = [new MixUp()] }).Train(network, data).Epochs, Has.All.Matches<EpochMetrics>(epoch => double.IsFinite(epoch.TrainLoss)));
    }

    [Test]
    public void Train_OwnNetwork_TakesTheTaskFromTheOptions()
    {
        using var data = ToySquares.Binary(16);
        using var network = new Own();
        Assert.That(() => new Trainer(_options).Train(network, data), Throws.ArgumentException.With.Message.EqualTo("The training set has label 1; the network tells 1 classes apart, 0 to 0."));
        Assert.That(new Trainer(_options with { Epochs = 1, Task = new BinaryTask() }).Train(network, data).Epochs[0].TrainConfusion!.ClassCount, Is.EqualTo(2));
    }

    [Test]
    public void Train_WhatDoesNotFitTheTask_IsRefused()
    {
        using var classes = LabeledImages.Create(new byte[2 * 64], [0, 2], ToySquares.Network.Input);
        using var numbers = ToySquares.Regression(8);
        using var binary = ToySquares.Network.CreateModule(2);
        using var regression = ToySquares.Network.For(new RegressionTask()).CreateModule(2);
        Assert.That(() => new Trainer(_options).Train(binary, classes), Throws.ArgumentException.With.Message.EqualTo("The training set has label 2; binary classification knows 0 and 1."));
        Assert.That(() => new Trainer(_options).Train(binary, numbers), Throws.ArgumentException.With.Message.EqualTo("Labels for binary classification are 0 and 1, 64-bit integers; those of the training set are of type Float32."));
        Assert.That(() => new Trainer(_options).Train(regression, classes), Throws.ArgumentException.With.Message.EqualTo("Labels for regression are 32-bit floats; those of the training set are of type Int64."));
        Assert.That(() => new Trainer(_options with { LabelSmoothing = 0.1 }).Train(regression, numbers), Throws.ArgumentException.With.Message.StartWith("Label smoothing shares probability among classes; regression has none."));
        Assert.That(() => new Trainer(_options with { Task = new BinaryTask() }).Train(regression, numbers), Throws.ArgumentException.With.Message.StartWith("Network 'toy' is described for regression; binary classification was asked for."));
    }

    [Test]
    public void CreateRegression_LabelThatIsNotFinite_NamesTheImage() => Assert.That(
        () => LabeledImages.CreateRegression(new byte[128], [1, float.NaN], ToySquares.Network.Input),
        Throws.ArgumentException.With.Message.StartWith("Labels of a regression are finite numbers; that of image 1 is NaN."));

    [Test]
    public void Train_AndDispose_LeavesNoNativeTensor()
    {
        void Run()
        {
            using var data = ToySquares.Regression(20);
            using var network = ToySquares.Network.For(new RegressionTask(5300, 150)).CreateModule(2);
            new Trainer(_options with { Epochs = 2 }).Train(network, data, data);
            using var binaryData = ToySquares.Binary(20);
            using var binary = ToySquares.Network.CreateModule(2);
            new Trainer(_options with { Epochs = 2 }).Train(binary, binaryData, binaryData);
        }

        Assert.That(NativeTensors.LeftBehindBySecond(Run), Is.Zero);
    }

    /// <summary>Gives fixed outputs, one an image.</summary>
    private sealed class Fixed(float[] values) : nn.Module<Tensor, Tensor>("fixed")
    {
        public override Tensor forward(Tensor images) => tensor(values, [values.Length, 1]);
    }

    /// <summary>A network without a description.</summary>
    private sealed class Own : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _layer = nn.Linear(64, 1);

        public Own()
            : base("own") => RegisterComponents();

        public override Tensor forward(Tensor images) => _layer.call(images.to(ScalarType.Float32).div(255).flatten(1));

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _layer.Dispose();
            base.Dispose(disposing);
        }
    }
}
