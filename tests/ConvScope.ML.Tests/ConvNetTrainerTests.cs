using ConvScope.Training;
using Microsoft.ML;

namespace ConvScope.ML.Tests;

public sealed class ConvNetTrainerTests
{
    [Test]
    public void Fit_DrawnShapes_LearnsThem()
    {
        var context = new MLContext(1);
        using var model = context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions
        {
            Training = new TrainingOptions { Epochs = 12, BatchSize = 16, LearningRate = 0.02 },
        }).Fit(Shapes.View(context, 192));

        var metrics = context.MulticlassClassification.Evaluate(model.Transform(Shapes.View(context, 96, seed: 2)));

        Assert.That(metrics.MicroAccuracy, Is.GreaterThan(0.95));
    }
}
