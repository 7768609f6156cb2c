using System.Globalization;
using ConvScope.Attribution;
using ConvScope.Inspection;
using ConvScope.ML.Onnx;
using ConvScope.ML.Scoring;
using ConvScope.Measuring;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Networks.Tasks;
using ConvScope.Records.Recording;
using ConvScope.Training;
using ConvScope.Training.Images;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ConvScope.ML.Tests;

/// <summary>Binary classification and regression: ML.NET's catalogs, columns and consumers, and the invariants of a transformer.</summary>
public sealed class HeadTests
{
    private static readonly string[] _kinds = ["binary", "regression"];

    private MLContext _context = null!;
    private IDataView _data = null!;
    private Dictionary<string, ConvNetTransformer> _models = null!;

    [OneTimeSetUp]
    public void TrainOnce()
    {
        _context = new MLContext(1);
        _data = ToySquare.View(_context, 150, seed: 2);
        _models = new() { ["binary"] = ToySquare.FitBinary(_context), ["regression"] = ToySquare.FitRegression(_context) };
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        foreach (var model in _models.Values)
            model.Dispose();
    }

    [Test]
    public void Evaluate_Binary_SaysWhatTheTrainingLearned()
    {
        var metrics = _context.BinaryClassification.Evaluate(_models["binary"].Transform(_data), labelColumnName: "Bright");
        Assert.That(metrics.Accuracy, Is.GreaterThan(0.9));
        Assert.That(metrics.AreaUnderRocCurve, Is.GreaterThan(0.95));
        Assert.That(metrics.LogLoss, Is.LessThan(0.5), "probabilities, in bits");
        Assert.That(metrics.ConfusionMatrix.NumberOfClasses, Is.EqualTo(2));
    }

    [Test]
    public void Evaluate_Regression_IsInTheLabelsUnit()
    {
        var metrics = _context.Regression.Evaluate(_models["regression"].Transform(_data), labelColumnName: "Middle");
        Assert.That(metrics.RSquared, Is.GreaterThan(0.8));
        Assert.That(metrics.RootMeanSquaredError, Is.InRange(1, 80), "labels lie about 5300 with a deviation of 170");
        var task = (RegressionTask)_models["regression"].Model.Network.Task;
        var labels = ToySquare.Rows(80).Select(row => row.Middle).ToArray();
        Assert.That(task, Is.EqualTo(RegressionTask.Of(labels)), "kept with the network");
    }

    [Test]
    public void Fit_ValidationSet_IsMeasuredAsMlNetMeasuresIt()
    {
        using var binary = _context.BinaryClassification.Trainers.ConvNet(ToySquare.BinaryOptions).Fit(ToySquare.View(_context), _data);
        Assert.That(binary.Training!.Epochs[^1].ValidationAccuracy, Is.EqualTo(_context.BinaryClassification.Evaluate(binary.Transform(_data), "Bright").Accuracy).Within(1e-9));
        using var regression = _context.Regression.Trainers.ConvNet(ToySquare.RegressionOptions).Fit(ToySquare.View(_context), _data);
        var (error, metrics) = (regression.Training!.Epochs[^1].ValidationError!, _context.Regression.Evaluate(regression.Transform(_data), "Middle"));
        Assert.That(error.RootMeanSquared, Is.EqualTo(metrics.RootMeanSquaredError).Within(1e-2));
        Assert.That(error.RSquared, Is.EqualTo(metrics.RSquared).Within(1e-4));
    }

    [TestCaseSource(nameof(_kinds))]
    public void Schema_OnEveryWay_IsTheSameAndAsPromised(string kind)
    {
        var model = _models[kind];
        var loaded = ConvNetTransformerTests.SaveAndLoad(_context, model, _data.Schema, out _);
        var expected = model.Transform(_data).Schema;
        foreach (var transformer in new[] { model, loaded })
        {
            Views.AssertSameSchema(transformer.GetOutputSchema(_data.Schema), expected);
            Views.AssertSameSchema(transformer.Transform(_data).Schema, expected);
            var mapper = transformer.GetRowToRowMapper(_data.Schema);
            Assert.That(mapper.InputSchema, Is.SameAs(_data.Schema));
            Views.AssertSameSchema(mapper.OutputSchema, expected);
        }

        Views.AssertPromise(Trainer(kind).GetOutputSchema(Views.Shape(_data.Schema)), expected);
        (loaded as IDisposable)!.Dispose();
    }

    [Test]
    public void Schema_AddedColumns_AreThoseOfMlNetsOwnTrainers()
    {
        var binary = _context.BinaryClassification.Trainers.LbfgsLogisticRegression("Bright").Fit(_data);
        Views.AssertSameSchema(Added(_models["binary"].GetOutputSchema(_data.Schema)), Added(binary.GetOutputSchema(_data.Schema)));
        var regression = _context.Regression.Trainers.LbfgsPoissonRegression("Middle").Fit(_data);
        Views.AssertSameSchema(Added(_models["regression"].GetOutputSchema(_data.Schema)), Added(regression.GetOutputSchema(_data.Schema)));

        DataViewSchema Added(DataViewSchema schema)
        {
            var added = new DataViewSchema.Builder();
            foreach (var column in schema.Skip(_data.Schema.Count))
                added.AddColumn(column.Name, column.Type, column.Annotations);
            return added.ToSchema();
        }
    }

    [TestCaseSource(nameof(_kinds))]
    public void Values_OfOriginalAndLoaded_AreTheSameWhicheverColumnsAreActive(string kind)
    {
        var loadedModel = ConvNetTransformerTests.SaveAndLoad(_context, _models[kind], _data.Schema, out _);
        ((ConvNetTransformer)loadedModel).Model.Scoring = ScoringEngine.LibTorch;
        IDataView original = _models[kind].Transform(_data), loaded = loadedModel.Transform(_data);
        var all = Views.Read(original, _ => true);
        Views.AssertSameValues(Views.Read(loaded, _ => true), all, "all columns");
        foreach (var column in Enumerable.Range(_data.Schema.Count, all[0].Length - _data.Schema.Count))
            Views.AssertSameValues(Views.Read(loaded, one => one.Index == column), all.ConvertAll(row => new[] { row[column] }), $"column {column} alone");
        (loadedModel as IDisposable)!.Dispose();
    }

    [TestCaseSource(nameof(_kinds))]
    public void Save_LoadedInAFreshProcess_PredictsTheSame(string kind)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.zip"), rows = folder.File("rows.txt");
        _context.Model.Save(_models[kind], _data.Schema, path);
        var inputs = ToySquare.Rows(20, seed: 3);
        File.WriteAllLines(rows, inputs.Select(input => string.Join(' ', input.Features.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))));

        var lines = FreshProcess.Run(typeof(HeadTests).Assembly.Location, path, rows, kind).Select(line => line.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture)).ToArray()).ToArray();

        var expected = Views.Read(_models[kind].Transform(_context.Data.LoadFromEnumerable(inputs)), column => column.Index >= _data.Schema.Count);
        Assert.That(lines, Has.Length.EqualTo(20));
        foreach (var (line, row) in lines.Zip(expected))
            Assert.That(line, Is.EqualTo(row.Select(value => value is bool yes ? yes ? 1f : 0 : (float)value!)).Within(kind == "binary" ? 1e-5f : 2e-2f));
    }

    [TestCaseSource(nameof(_kinds))]
    public void Score_NotFinitePixels_IsMissing(string kind)
    {
        var input = new ToyInput { Features = [.. Enumerable.Repeat(float.NaN, 64)] };
        using var engine = _context.Model.CreatePredictionEngine<ToyInput, ToyNumber>(_models[kind], new PredictionEngineOptions { OwnsTransformer = false });
        Assert.That(engine.Predict(input).Score, Is.NaN);
    }

    [Test]
    public void Score_Binary_IsTheLogitOfTheProbability()
    {
        using var engine = _context.Model.CreatePredictionEngine<ToyInput, ToyAnswer>(_models["binary"], new PredictionEngineOptions { OwnsTransformer = false });
        foreach (var row in ToySquare.Rows(30, seed: 5))
        {
            var answer = engine.Predict(new ToyInput { Features = row.Features });
            Assert.That(answer.Probability, Is.EqualTo(1 / (1 + Math.Exp(-answer.Score))).Within(1e-6));
            Assert.That(answer.PredictedLabel, Is.EqualTo(answer.Score > 0));
        }
    }

    [Test]
    public void CrossValidate_BothKinds_EvaluatesEachFold()
    {
        var data = ToySquare.View(_context, 80);
        var binary = _context.BinaryClassification.CrossValidate(data, Trainer("binary"), numberOfFolds: 2, labelColumnName: "Bright");
        Assert.That(binary.Select(fold => fold.Metrics.Accuracy), Has.All.GreaterThan(0.6));
        var regression = _context.Regression.CrossValidate(data, Trainer("regression"), numberOfFolds: 2, labelColumnName: "Middle");
        Assert.That(regression.Select(fold => fold.Metrics.RSquared), Has.All.GreaterThan(0.3));
        foreach (var model in binary.Select(fold => fold.Model).Concat(regression.Select(fold => fold.Model)))
            (model as IDisposable)?.Dispose();
    }

    [Test]
    public void PermutationFeatureImportance_BothKinds_IsMeasured()
    {
        var rows = ToySquare.View(_context, 30);
        using var unsure = ToySquare.FitBinary(_context, ToySquare.BinaryOptions with { Training = new TrainingOptions { Epochs = 1, LearningRate = 0.001 } }); // a sure one minds no single pixel
        var binary = _context.BinaryClassification.PermutationFeatureImportance(unsure, unsure.Transform(rows), "Bright", permutationCount: 1);
        Assert.That(binary.Max(slot => Math.Abs(slot.AreaUnderRocCurve.Mean)), Is.GreaterThan(0));
        var regression = _context.Regression.PermutationFeatureImportance(_models["regression"], _models["regression"].Transform(rows), "Middle", permutationCount: 1);
        Assert.That(regression.Max(slot => Math.Abs(slot.RSquared.Mean)), Is.GreaterThan(0));
    }

    [Test]
    public void Pipeline_AfterAnotherTransform_AndColumnsOfOtherNames()
    {
        var options = ToySquare.BinaryOptions with { FeatureColumnName = "Pixels", ScoreColumnName = "Logit", ProbabilityColumnName = "P", PredictedLabelColumnName = "Answer" };
        using var model = _context.Transforms.CopyColumns("Pixels", "Features").Append(_context.BinaryClassification.Trainers.ConvNet(options)).Fit(ToySquare.View(_context));
        var loaded = ConvNetTransformerTests.SaveAndLoad(_context, model, _data.Schema, out _);
        var scored = loaded.Transform(_data);
        Assert.That(scored.Schema.Skip(_data.Schema.Count).Select(column => column.Name), Is.EqualTo(new[] { "Pixels", "Answer", "Logit", "P" }));
        Assert.That(_context.BinaryClassification.Evaluate(scored, "Bright", "Logit", "P", "Answer").Accuracy, Is.GreaterThan(0.9));
        (loaded as IDisposable)!.Dispose();
    }

    [Test]
    public void ConvNet_LeNet5ByDefault_HasOneOutput()
    {
        var rows = Enumerable.Range(0, 12).Select(index => new LargeToy { Features = [.. Enumerable.Repeat(index % 2 * 200f, 28 * 28)], Label = index % 2 == 1, Number = index });
        var data = _context.Data.LoadFromEnumerable(rows);
        using var binary = _context.BinaryClassification.Trainers.ConvNet().Fit(data);
        Assert.That((binary.Model.Network.Name, binary.Model.Network.Outputs, binary.ProbabilityColumnName), Is.EqualTo(("LeNet-5", 1, "Probability")));
        Assert.That(binary.Model.ClassNames, Is.EqualTo(new[] { "False", "True" }));
        using var regression = _context.Regression.Trainers.ConvNet("Number").Fit(data);
        Assert.That((regression.Model.Network.Task, regression.ProbabilityColumnName), Is.EqualTo(((LearningTask)RegressionTask.Of([.. Enumerable.Range(0, 12).Select(index => (float)index)]), (string?)null)));
        Assert.That(regression.Model.ClassNames, Is.Empty);
    }

    [Test]
    public void Fit_WrongLabelsOrNetworks_SayWhatIsNeeded()
    {
        string Error(Func<object> fit) => Assert.Throws<ArgumentOutOfRangeException>(() => fit())!.Message;
        Assert.That(Error(() => _context.BinaryClassification.Trainers.ConvNet(ToySquare.RegressionOptions).Fit(_data)), Does.StartWith("Label column 'Middle' must be Boolean; it is Single."));
        Assert.That(Error(() => _context.Regression.Trainers.ConvNet(ToySquare.BinaryOptions).GetOutputSchema(Views.Shape(_data.Schema))), Does.StartWith("Label column 'Bright' must be Single; it is Boolean."));
        Assert.That(Error(() => _context.BinaryClassification.Trainers.ConvNet(ToySquare.BinaryOptions with { Network = Toy.Network }).Fit(_data)),
            Does.StartWith("Network 'toy' is described for multiclass classification with 3 outputs; it cannot be trained for binary classification."));
        Assert.That(Error(() => Toy.Fit(_context, Toy.Options with { Network = ToySquares.Network })), Does.StartWith("Network 'toy' is described for binary classification with 1 output; it cannot be trained for multiclass classification."));
        Assert.That(Assert.Throws<ArgumentException>(() => _context.BinaryClassification.Trainers.ConvNet(ToySquare.BinaryOptions with { ScoreColumnName = "Probability" }))!.Message,
            Does.StartWith("The probability needs a column of its own; 'Probability' is taken."));
    }

    [Test]
    public void Fit_RegressionLabelThatIsNaN_NamesTheRow()
    {
        var rows = ToySquare.Rows(9);
        rows[4].Middle = float.NaN;
        Assert.That(Assert.Throws<InvalidOperationException>(() => Trainer("regression").Fit(_context.Data.LoadFromEnumerable(rows)))!.Message,
            Is.EqualTo("Row 4 of the training set has the label NaN in column 'Middle', which is not a finite number. Drop such rows before training."));
    }

    [TestCase("binary", true)]
    [TestCase("binary", false)]
    [TestCase("regression", true)]
    [TestCase("regression", false)]
    public void Fit_OnPaths_LearnsHeldOrStreamed(string kind, bool streams)
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(0, 60).Select(index => WritePicture(folder, index)).ToArray();
        var data = _context.Data.LoadFromEnumerable(rows);
        var options = (kind == "binary" ? ToySquare.BinaryOptions : ToySquare.RegressionOptions) with { FeatureColumnName = "Path", Streaming = streams ? new StreamingOptions { ResidentLimit = 0 } : new() };
        using var model = kind == "binary" ? _context.BinaryClassification.Trainers.ConvNet(options).Fit(data) : _context.Regression.Trainers.ConvNet(options).Fit(data);
        Assert.That(model.Training!.Epochs[^1].WaitingSeconds is not null, Is.EqualTo(streams));
        if (kind == "binary")
            Assert.That(_context.BinaryClassification.Evaluate(model.Transform(data), "Bright").Accuracy, Is.GreaterThan(0.9));
        else
            Assert.That(_context.Regression.Evaluate(model.Transform(data), "Middle").RSquared, Is.GreaterThan(0.8));
    }

    [Test]
    public void Fit_NetworkDescribedForRegression_KeepsItsStandardisation()
    {
        var task = new RegressionTask(5000, 1000);
        using var model = ToySquare.FitRegression(_context, ToySquare.RegressionOptions with { Network = ToySquares.Network.For(task) });
        Assert.That(model.Model.Network.Task, Is.EqualTo(task));
    }

    [TestCaseSource(nameof(_kinds))]
    public void ExportOnnx_InOnnxRuntimeAndMlNet_GivesOurPredictions(string kind)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.onnx");
        _models[kind].Model.ExportOnnx(path, outputName: "Onnx");
        var ours = _models[kind].Transform(_data).GetColumn<float>(kind == "binary" ? "Probability" : "Score").ToArray();

        using var session = new InferenceSession(path);
        var pixels = ToySquare.Rows(150, seed: 2).SelectMany(row => row.Features).ToArray();
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("Features", new DenseTensor<float>(pixels, [150, 1, 8, 8]))]);
        var theirs = results[0].AsEnumerable<float>().ToArray();
        Assert.That(session.OutputMetadata["Onnx"].Dimensions, Is.EqualTo(new[] { -1, 1 }));
        AssertClose(theirs, "ONNX Runtime");
        Assert.That(session.ModelMetadata.CustomMetadataMap["task"], Is.EqualTo(kind));
        Assert.That(session.ModelMetadata.CustomMetadataMap.GetValueOrDefault(OnnxExport.ClassesKey), Is.EqualTo(kind == "binary" ? "[\"False\",\"True\"]" : null));

        var applied = _context.Transforms.ApplyOnnxModel("Onnx", "Features", path, shapeDictionary: new Dictionary<string, int[]> { ["Features"] = [1, 1, 8, 8] }).Fit(_data).Transform(_data);
        AssertClose([.. applied.GetColumn<float[]>("Onnx").Select(row => row.Single())], "ApplyOnnxModel");

        void AssertClose(float[] values, string what)
        {
            Assert.That(values, Has.Length.EqualTo(150), what);
            foreach (var (value, our) in values.Zip(ours))
                Assert.That(value, Is.EqualTo(our).Within(1e-5f * Math.Max(1, Math.Abs(our))), what);
        }
    }

    [TestCaseSource(nameof(_kinds))]
    public void FeaturesAndAttribution_OfOneOutput_AreComputedAndSaved(string kind)
    {
        var model = _models[kind].Model;
        var features = _context.Transforms.ConvNetFeatures(model, "fc1", "Embedding").Fit(_data);
        Assert.That(features.Transform(_data).GetColumn<float[]>("Embedding").First(), Has.Length.EqualTo(16));
        foreach (AttributionMethod method in new AttributionMethod[] { new GradCam(), new InputGradient(), new IntegratedGradients(), new Occlusion { Window = 3 } })
        {
            var attribution = _context.Transforms.ConvNetAttribution(model, method, outputColumnName: "Map").Fit(_data);
            var loaded = ConvNetTransformerTests.SaveAndLoad(_context, attribution, _data.Schema, out _);
            Views.AssertSameValues(Views.Read(loaded.Transform(_data), column => column.Name == "Map"), Views.Read(attribution.Transform(_data), column => column.Name == "Map"), method.Name);
            Assert.That(attribution.Transform(_data).GetColumn<float[]>("Map").Max(map => map.Max(Math.Abs)), Is.GreaterThan(0), method.Name);
            (loaded as IDisposable)!.Dispose();
        }

        Assert.That(() => _context.Transforms.ConvNetAttribution(model, new InputGradient(), AttributionTarget.Class(2)), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Attribution_OfBinary_ForNoIsTheNegativeOfThatForYes()
    {
        var model = _models["binary"].Model;
        float[][] Maps(AttributionTarget target) => [.. _context.Transforms.ConvNetAttribution(model, new InputGradient(), target, "Map").Fit(_data).Transform(_data).GetColumn<float[]>("Map")];
        var (no, yes, predicted) = (Maps(AttributionTarget.Class(0)), Maps(AttributionTarget.Class(1)), Maps(default));
        var answers = _models["binary"].Transform(_data).GetColumn<bool>("PredictedLabel").ToArray();
        foreach (var row in Enumerable.Range(0, 150))
        {
            Assert.That(no[row], Is.EqualTo(yes[row].Select(value => -value)).Within(1e-9f));
            Assert.That(predicted[row], Is.EqualTo(answers[row] ? yes[row] : no[row]));
        }
    }

    [TestCaseSource(nameof(_kinds))]
    public void Fit_WithInspection_RecordsWhatTheTaskHasAndChangesNothing(string kind)
    {
        using var folder = new TemporaryFolder();
        var inspection = new InspectionOptions(folder.File("run")) { Schedule = Schedule.Every(10), PreChecks = true, Budget = null };
        using var inspected = kind == "binary"
            ? ToySquare.FitBinary(_context, ToySquare.BinaryOptions with { Inspection = inspection, ValidationSet = _data })
            : ToySquare.FitRegression(_context, ToySquare.RegressionOptions with { Inspection = inspection, ValidationSet = _data });
        Assert.That(inspected.Training!.Epochs.Select(epoch => epoch.TrainLoss), Is.EqualTo(_models[kind].Training!.Epochs.Select(epoch => epoch.TrainLoss)), "to the last bit");

        using var record = RunRecord.Open(folder.File("run"));
        var summary = RunSummary.Read(folder.File("run"));
        var quantities = record.ReadSeries().Select(series => series.Quantity).ToHashSet();
        Assert.That(summary.Task, Is.EqualTo(kind));
        Assert.That(summary.Findings.Where(finding => !finding.StartsWith("information", StringComparison.Ordinal)), Is.Empty, "a healthy training");
        Assert.That(summary.Files, Has.Member("report.html").And.Member("figures/loss.png"));
        if (kind == "binary")
        {
            Assert.That((summary.TrainAccuracy, summary.ValidationAccuracy), Is.EqualTo((inspected.Training.Epochs[^1].TrainAccuracy, inspected.Training.Epochs[^1].ValidationAccuracy)));
            Assert.That(record.ReadConfusions("validation")[^1].Confusion.Counts.Sum(), Is.EqualTo(150));
            Assert.That(quantities, Has.Member("accuracy").And.Member("one-batch accuracy").And.Member("class imbalance").And.Member("output gradient norm"));
            Assert.That(summary.Files, Has.Member("figures/attribution.png").And.Member("figures/accuracy.png"));
            Assert.That(summary.TrainRootMeanSquaredError, Is.Null);
        }
        else
        {
            var last = inspected.Training.Epochs[^1];
            Assert.That((summary.TrainAccuracy, summary.ValidationAccuracy), Is.EqualTo(((double?)null, (double?)null)));
            Assert.That((summary.TrainRootMeanSquaredError, summary.ValidationRootMeanSquaredError, summary.ValidationRSquared),
                Is.EqualTo(((double?)last.TrainError!.RootMeanSquared, (double?)last.ValidationError!.RootMeanSquared, (double?)last.ValidationError.RSquared)));
            Assert.That(record.ReadConfusions("validation"), Is.Empty);
            Assert.That(quantities.Where(name => name.Contains("accuracy", StringComparison.Ordinal) || name.Contains("class", StringComparison.Ordinal)), Is.Empty);
            Assert.That(quantities, Has.Member("output gradient norm").And.Member("input dependence"));
            Assert.That(record.ReadSeries().Where(series => series.Quantity is "loss" or "train loss").Select(series => series.Unit), Has.All.EqualTo("label variance"));
            Assert.That(summary.Files, Has.Member("figures/error.png").And.None.EqualTo("figures/accuracy.png"));
        }
    }

    private ConvNetTrainer Trainer(string kind) =>
        kind == "binary" ? _context.BinaryClassification.Trainers.ConvNet(ToySquare.BinaryOptions) : _context.Regression.Trainers.ConvNet(ToySquare.RegressionOptions);

    private static PathToy WritePicture(TemporaryFolder folder, int index)
    {
        var path = folder.File($"{index}.png");
        var pixels = ToySquares.Pixels(1, index, out var isBright, out var middles);
        File.WriteAllBytes(path, DigitPicture.Png(pixels));
        return new PathToy { Path = path, Bright = isBright[0], Middle = middles[0] };
    }

    internal sealed class PathToy
    {
        public string Path { get; set; } = "";

        public bool Bright { get; set; }

        public float Middle { get; set; }
    }

    internal sealed class LargeToy
    {
        [VectorType(28 * 28)]
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }

        public float Number { get; set; }
    }
}
