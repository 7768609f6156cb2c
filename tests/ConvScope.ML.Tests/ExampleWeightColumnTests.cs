using ConvScope.Inspection;
using ConvScope.Records.Recording;
using ConvScope.Training;

namespace ConvScope.ML.Tests;

/// <summary>The column that says how much each row counts, and data from which nothing can be learned.</summary>
public sealed class ExampleWeightColumnTests
{
    private readonly MLContext _context = new(1);

    [TestCase(Sampling.EachOnce, "the training loss is weighted")]
    [TestCase(Sampling.ByWeight, "images are drawn")]
    public void Fit_RowsThatWeighNothing_AreNotLearned(Sampling sampling, string says)
    {
        var lines = new List<string>();
        _context.Log += (_, message) => lines.Add(message.RawMessage);
        var options = Toy.Options with { ExampleWeightColumnName = "Weight", Training = Toy.Options.Training with { Sampling = sampling } };
        using var folder = new TemporaryFolder();
        using var model = _context.MulticlassClassification.Trainers.ConvNet(options with { Inspection = new InspectionOptions(folder.File("run")) }).Fit(View(row => row % 3 == 2 ? 0 : 1.5f)); // no box counts
        Assert.That(RunSummary.Read(folder.File("run")).LossWeights, Is.EqualTo(sampling == Sampling.EachOnce ? "images have weights" : "images are drawn by their weights"));
        var predicted = model.Transform(Toy.View(_context)).GetColumn<uint>("PredictedLabel").ToArray();
        Assert.That(predicted, Has.None.EqualTo(3u));
        Assert.That(lines, Has.Exactly(1).EqualTo($"By column 'Weight' {says}. Accuracies, and what is measured on validation images, are not weighted."));
    }

    [Test]
    public void Fit_WeightsWithAFractionKeptBack_StayWithTheirRows()
    {
        var options = Toy.Options with { ExampleWeightColumnName = "Weight", ValidationFraction = 0.2 };
        using var model = _context.MulticlassClassification.Trainers.ConvNet(options).Fit(View(row => row % 3 == 2 ? 0 : 1));
        Assert.That(model.Transform(Toy.View(_context)).GetColumn<uint>("PredictedLabel"), Has.None.EqualTo(3u));
    }

    [Test]
    public void ConvNet_ExampleWeightColumnName_IsThatOfTheOptions()
    {
        var trainer = _context.MulticlassClassification.Trainers.ConvNet(exampleWeightColumnName: "Missing");
        Assert.That(() => trainer.Fit(Toy.View(_context)), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("There is no weight column 'Missing'; the data have "));
        Assert.That(() => trainer.GetOutputSchema(Views.Shape(Toy.View(_context).Schema)), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("There is no weight column 'Missing'; the data have "));
    }

    [TestCase(1e-38f)]
    [TestCase(3e38f)]
    public void Fit_WeightsOfAnySize_AreWhatTheyAreToEachOther(float size)
    {
        using var plain = Fit(View(row => row % 2 == 0 ? 1 : 0.5f));
        using var sized = Fit(View(row => row % 2 == 0 ? size : size / 2));
        Assert.That(sized.Training!.Epochs[^1].TrainLoss, Is.EqualTo(plain.Training!.Epochs[^1].TrainLoss).Within(1e-6));
    }

    [TestCase(-1f, "Row 4 of the training set has the weight -1 in column 'Weight', which is negative or no finite number. Weights are 0 or more.")]
    [TestCase(float.NaN, "Row 4 of the training set has the weight NaN in column 'Weight', which is negative or no finite number. Weights are 0 or more.")]
    public void Fit_WeightThatIsNone_NamesItsRow(float weight, string message) =>
        Assert.That(() => Fit(View(row => row == 4 ? weight : 1)), Throws.InvalidOperationException.With.Message.EqualTo(message));

    [Test]
    public void Fit_WeightsThatAreAllZero_AreRefused() =>
        Assert.That(() => Fit(View(_ => 0)), Throws.InvalidOperationException.With.Message.EqualTo("All rows of the training set have the weight 0 in column 'Weight'."));

    [Test]
    public void Fit_LabelsThatAreAllTheSame_AreRefused()
    {
        var one = _context.Data.FilterRowsByKeyColumnFraction(Toy.View(_context), "Label", 0, 0.33);
        Assert.That(() => Toy.Options is var options ? _context.MulticlassClassification.Trainers.ConvNet(options).Fit(one) : null,
            Throws.InvalidOperationException.With.Message.EqualTo("All 15 rows of the training set have the label 'bar' in column 'Label': there is nothing to tell apart. Add rows of another class."));
    }

    private ConvNetTransformer Fit(IDataView view) => _context.MulticlassClassification.Trainers.ConvNet(Toy.Options with { ExampleWeightColumnName = "Weight" }).Fit(view);

    private IDataView View(Func<int, float> weight)
    {
        var rows = Toy.View(_context);
        return _context.Transforms.CustomMapping<Numbered, Weighted>((row, target) => target.Weight = weight(row.Id), contractName: null).Fit(rows).Transform(rows);
    }

    private sealed class Numbered
    {
        public int Id { get; set; }
    }

    private sealed class Weighted
    {
        public float Weight { get; set; }
    }
}
