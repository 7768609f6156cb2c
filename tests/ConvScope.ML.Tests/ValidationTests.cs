using ConvScope.Inspection;
using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Records.Networks.Layers;
using ConvScope.Training;
using ConvScope.Training.Optimization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ConvScope.ML.Tests;

/// <summary>What is measured after each epoch is measured right: labels are matched by value, rows that are kept back are of every class, and messages say which set they are about.</summary>
public sealed class ValidationTests
{
    private static readonly string[] _otherOrder = ["box", "bar", "pole"];
    private readonly MLContext _context = new(1);

    [Test]
    public void Fit_ValidationSetThatNumbersItsValuesInAnotherWay_IsMeasuredRight()
    {
        var rows = _context.Data.LoadFromEnumerable(Toy.Rows(30, seed: 2));
        using var same = Toy.Fit(_context, Toy.Options with { ValidationSet = Toy.WithKeys(_context, rows) });
        using var other = Toy.Fit(_context, Toy.Options with { ValidationSet = Keyed(rows, _otherOrder) });
        using var more = Toy.Fit(_context, Toy.Options with { ValidationSet = Keyed(rows, ["none", .. _otherOrder]) });
        Assert.That(Accuracies(other), Is.EqualTo(Accuracies(same)));
        Assert.That(Accuracies(more), Is.EqualTo(Accuracies(same)), "a value that no row has is no matter");
        Assert.That(Accuracies(same)[^1], Is.GreaterThan(0.8));
    }

    [Test]
    public void Fit_ValidationLabelThatTheTrainingSetDoesNotKnow_NamesRowAndValue()
    {
        var rows = Toy.Rows(6, seed: 2).ToList();
        rows[4].Label = "zebra";
        var view = Keyed(_context.Data.LoadFromEnumerable(rows), [.. Toy.Names, "zebra"]);
        Assert.That(() => Toy.Fit(_context, Toy.Options with { ValidationSet = view }),
            Throws.InvalidOperationException.With.Message.EqualTo("Row 4 of the validation set has the label 'zebra' in column 'Label', which the training set does not know."));
    }

    [Test]
    public void Fit_ValidationKeysWithoutValues_AreRefusedWithBothMappings()
    {
        var view = _context.Data.LoadFromEnumerable(Toy.Rows(6).Select(row => new Bare { Features = [.. row.Features.DenseValues()], Label = (uint)Array.IndexOf(Toy.Names, row.Label) }));
        Assert.That(() => Toy.Fit(_context, Toy.Options with { ValidationSet = view }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.EqualTo(
            "Label column 'Label' of the validation set cannot be matched with that of the training set: 3 classes without values against 3 values of String (bar, pole, box)."));
    }

    [Test]
    public void Fit_ValidationSetThatDoesNotFit_IsSaidToBeThat()
    {
        var missing = _context.Transforms.DropColumns("Features").Fit(Toy.View(_context)).Transform(Toy.View(_context));
        Assert.That(() => Toy.Fit(_context, Toy.Options with { ValidationSet = missing }),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("There is no feature column 'Features' in the validation set; the data have ").And.Message.Not.Contain("Parameter"));
        Assert.That(() => Toy.Fit(_context, Toy.Options with { ValidationSet = _context.Data.SkipRows(Toy.View(_context), 45) }), Throws.InvalidOperationException.With.Message.EqualTo("The validation set has no rows."));
    }

    [TestCase(0.2, 9)]
    [TestCase(0.01, 3)]
    [TestCase(0.99, 42)]
    public void Fit_ValidationFraction_KeepsTheSameShareOfEachClassBack(double fraction, int expected)
    {
        using var counts = new TemporaryFolder();
        using var model = Toy.Fit(_context, Toy.Options with { ValidationFraction = fraction, Inspection = new InspectionOptions(counts.File("run")) { Figures = false, Report = false } });
        var confusion = model.Training!.Epochs[^1].ValidationConfusion!;
        Assert.That(Enumerable.Range(0, 3).Select(row => Enumerable.Range(0, 3).Sum(column => confusion[row, column])), Is.All.EqualTo(expected / 3));
        using var again = Toy.Fit(_context, Toy.Options with { ValidationFraction = fraction });
        Assert.That(Accuracies(again), Is.EqualTo(Accuracies(model)), "the seed decides which");
    }

    [Test]
    public void Fit_ValidationFractionOfARegression_KeepsRowsBack()
    {
        var view = _context.Data.LoadFromEnumerable(Toy.Rows(40).Select(row => new Numbered { Features = [.. row.Features.DenseValues()], Label = row.Id }));
        var network = new NetworkSpec("one", new Shape(1, 8, 8), Normalization.Centred(1), [new FlattenLayer("flatten"), new LinearLayer("fc", 1)]);
        using var model = _context.Regression.Trainers.ConvNet(new ConvNetOptions { Network = network, ValidationFraction = 0.25, Training = new TrainingOptions { Epochs = 1, BatchSize = 8, EarlyStopping = new EarlyStopping { Patience = 2 } } }).Fit(view);
        Assert.That(model.Training!.Epochs[0].ValidationLoss, Is.Not.Null);
    }

    [TestCase(0.0)]
    [TestCase(1.0)]
    [TestCase(double.NaN)]
    public void Options_ValidationFractionOutOfRange_IsRefused(double fraction) =>
        Assert.That(() => _context.MulticlassClassification.Trainers.ConvNet(Toy.Options with { ValidationFraction = fraction }), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Options_ThatContradictEachOther_AreRefused()
    {
        Assert.That(() => _context.MulticlassClassification.Trainers.ConvNet(Toy.Options with { ValidationFraction = 0.1, ValidationSet = Toy.View(_context) }), Throws.ArgumentException);
        Assert.That(() => new InspectionOptions("x") { Diagnose = false, StopOn = Records.Recording.Severity.Failure }.Validate(), Throws.ArgumentException);
        Assert.That(() => new TrainingOptions { Augmentations = [null!] }.Validate(), Throws.ArgumentException);
    }

    [Test]
    public void Fit_ImagesThatBothSetsHave_AreCountedAndSaid()
    {
        var lines = Logged(context => Toy.Fit(context, Toy.Options with { ValidationSet = Toy.View(context, 12) }).Dispose());
        Assert.That(lines, Has.Some.EndsWith("12 of 12 validation images are in the training set too, pixel for pixel: what is measured on them is better than on others."));
        Assert.That(Logged(context => Toy.Fit(context, Toy.Options with { ValidationFraction = 0.2, Training = Toy.Options.Training with { Epochs = 1 } }).Dispose()), Has.Some.EndsWith("9 of 45 rows are kept back and measured after each epoch."));
    }

    [Test]
    public void Fit_PixelsFromZeroToOne_AreSaidToBeDark()
    {
        var rows = Toy.Rows(45).Select(row => new Toy { Id = row.Id, Label = row.Label, Word = row.Word, Features = new VBuffer<float>(64, [.. row.Features.DenseValues().Select(value => value / 255)]) });
        var lines = Logged(context => context.MulticlassClassification.Trainers.ConvNet(Toy.Options with { Training = Toy.Options.Training with { Epochs = 1 } }).Fit(Toy.WithKeys(context, context.Data.LoadFromEnumerable(rows))).Dispose());
        Assert.That(lines, Has.Some.Contains("The first pixels lie between 0 and 1; network 'toy' takes 0 to 255 and scales them itself."));
        Assert.That(Logged(context => Toy.Fit(context).Dispose()), Has.None.Contains("The first pixels"));
    }

    private static List<string> Logged(Action<MLContext> run)
    {
        var lines = new List<string>();
        var context = new MLContext(1);
        context.Log += (_, message) => lines.Add(message.Message);
        run(context);
        return lines;
    }

    private static double?[] Accuracies(ConvNetTransformer model) => [.. model.Training!.Epochs.Select(epoch => epoch.ValidationAccuracy)];

    private IDataView Keyed(IDataView data, string[] order) =>
        _context.Transforms.Conversion.MapValueToKey("Label", keyData: _context.Data.LoadFromEnumerable(order.Select(name => new Toy.Key { Value = name }))).Fit(data).Transform(data);

    private sealed class Bare
    {
        [VectorType(64)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }
    }

    private sealed class Numbered
    {
        [VectorType(64)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
