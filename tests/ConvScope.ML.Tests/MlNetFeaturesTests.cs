using ConvScope.Attribution;
using Microsoft.ML.Runtime;

namespace ConvScope.ML.Tests;

/// <summary>What ML.NET offers for models, each tried on rows of bytes, floats and paths: it works, or it is refused with a sentence. The table is in <c>docs/mlnet.md</c>.</summary>
public sealed class MlNetFeaturesTests
{
    private const string Sized = "must hold 1x8x8 = 64 values; it holds ";

    private static readonly MlNetFeature[] _features =
    [
        new("Fit, Transform", rig => rig.AssertTold(rig.Model().Transform(rig.View))),
        new("GetOutputSchema", rig =>
        {
            var keys = rig.Keys.Fit(rig.View).Transform(rig.View);
            Views.AssertPromise(rig.Trainer.GetOutputSchema(Views.Shape(keys.Schema)), rig.Fit(rig.Trainer, keys).Transform(keys).Schema);
        }),
        new("MulticlassClassification.Evaluate", rig => Assert.That(rig.Context.MulticlassClassification.Evaluate(rig.Model().Transform(rig.View), topKPredictionCount: 2).TopKAccuracy, Is.GreaterThan(0.8))),
        new("BinaryClassification.Evaluate", rig => Assert.That(rig.Context.BinaryClassification.Evaluate(rig.Fit(rig.Binary).Transform(rig.View), "IsBox").AreaUnderRocCurve, Is.GreaterThan(0.8))),
        new("BinaryClassification.EvaluateNonCalibrated", rig => Assert.That(rig.Context.BinaryClassification.EvaluateNonCalibrated(rig.Fit(rig.Binary).Transform(rig.View), "IsBox").Accuracy, Is.GreaterThan(0.8))),
        new("Regression.Evaluate", rig => Assert.That(rig.Context.Regression.Evaluate(rig.Fit(rig.Regression).Transform(rig.View), "Number").RSquared, Is.GreaterThan(0))),
        new("MulticlassClassification.CrossValidate", rig =>
        {
            foreach (var fold in rig.Context.MulticlassClassification.CrossValidate(rig.View, rig.Chain, 2))
                Dispose(fold.Model, () => Assert.That(fold.Metrics.MicroAccuracy, Is.GreaterThan(0.5)));
        }),
        new("CrossValidate with samplingKeyColumnName", rig =>
        {
            foreach (var fold in rig.Context.MulticlassClassification.CrossValidate(rig.View, rig.Chain, 2, samplingKeyColumnName: "Part"))
                Dispose(fold.Model, () => Assert.That(fold.ScoredHoldOutSet.GetColumn<string>("Part").Distinct().Count(), Is.LessThan(20)));
        }),
        new("BinaryClassification.CrossValidate", rig =>
        {
            foreach (var fold in rig.Context.BinaryClassification.CrossValidate(rig.View, rig.Binary, 2, "IsBox"))
                Dispose(fold.Model, () => Assert.That(fold.Metrics.Accuracy, Is.GreaterThan(0.5)));
        }),
        new("PermutationFeatureImportance", rig =>
        {
            var keys = rig.Keys.Fit(rig.View).Transform(rig.View);
            Assert.That(rig.Context.MulticlassClassification.PermutationFeatureImportance(rig.Fit(rig.Trainer, keys), keys, permutationCount: 1), Has.Length.EqualTo(rig.Kind == "Paths" ? 0 : 64));
        }, kind => kind == "Bytes" ? "Invalid TValue in GetGetter for column" : null),
        new("PermutationFeatureImportance after ConvertType", rig =>
        {
            var keys = rig.Keys.Fit(rig.View).Transform(rig.View);
            var floats = rig.Context.Transforms.Conversion.ConvertType(rig.Kind).Fit(keys).Transform(keys);
            Assert.That(rig.Context.MulticlassClassification.PermutationFeatureImportance(rig.Fit(rig.Trainer, keys), floats, permutationCount: 1), Has.Length.EqualTo(64));
        }, kind => kind == "Paths" ? "it is Single." : null),
        new("BinaryClassification.ChangeModelThreshold", rig =>
        {
            var model = rig.Fit(rig.Binary);
            var scores = model.Transform(rig.View).GetColumn<float>("Score").ToArray();
            var strict = rig.Context.BinaryClassification.ChangeModelThreshold(model, scores.Max() - 1e-3f);
            Assert.That(strict.Transform(rig.View).GetColumn<bool>("PredictedLabel").Count(yes => yes), Is.EqualTo(scores.Count(score => score > strict.Threshold)).And.LessThan(20));
            var loaded = (ConvNetTransformer)ConvNetTransformerTests.SaveAndLoad(rig.Context, strict, rig.View.Schema, out _);
            Assert.That(loaded.Threshold, Is.EqualTo(strict.Threshold));
            Assert.That(loaded.Transform(rig.View).GetColumn<bool>("PredictedLabel"), Is.EqualTo(strict.Transform(rig.View).GetColumn<bool>("PredictedLabel")));
        }),
        new("BinaryClassification.Calibrators.Platt", rig =>
        {
            var scored = rig.Fit(rig.Binary).Transform(rig.View);
            var calibrated = rig.Context.BinaryClassification.Calibrators.Platt("IsBox").Fit(scored).Transform(scored);
            Assert.That(calibrated.GetColumn<float>("Probability"), Has.All.InRange(0f, 1f));
        }),
        new("FeatureSelection.SelectFeaturesBasedOnCount", rig => rig.Fit(rig.Context.Transforms.FeatureSelection.SelectFeaturesBasedOnCount(rig.Kind, count: 30).Append(rig.Chain)),
            kind => kind switch { "Floats" => Sized, "Bytes" => "does not have compatible type", _ => null }),
        new("FeatureSelection.SelectFeaturesBasedOnMutualInformation", rig => rig.Fit(rig.Keys.Append(rig.Context.Transforms.FeatureSelection.SelectFeaturesBasedOnMutualInformation(rig.Kind, slotsInOutput: 20)).Append(rig.Trainer)),
            kind => kind == "Floats" ? Sized : "does not have compatible type"),
        new("ProjectToPrincipalComponents", rig => rig.Fit(rig.Context.Transforms.ProjectToPrincipalComponents(rig.Kind, rank: 9).Append(rig.Chain)), kind => kind == "Floats" ? Sized : "input column"),
        new("NormalizeMinMax", rig => rig.AssertTold(rig.Fit(rig.Context.Transforms.NormalizeMinMax(rig.Kind).Append(rig.Keys)
            .Append(rig.Context.MulticlassClassification.Trainers.ConvNet(rig.Options with { Network = MlNetRig.Unscaled }))).Transform(rig.View)),
            kind => kind == "Floats" ? null : "Schema mismatch"),
        new("ReplaceMissingValues", rig => rig.AssertTold(rig.Fit(rig.Context.Transforms.ReplaceMissingValues(rig.Kind).Append(rig.Chain)).Transform(rig.View)), kind => kind == "Floats" ? null : "have an NA value"),
        new("Model.ConvertToOnnx", rig =>
        {
            var model = rig.Fit(rig.Context.Transforms.SelectColumns(rig.Kind, "Label").Append(rig.Chain));
            AssertConverted(rig, model, rig.View, "PredictedLabel", "Score");
        }, kind => kind == "Paths" ? "Feature column 'Paths' holds images that are decoded for the network, which ONNX cannot do. Write the network alone with ConvNetModel.ExportOnnx; it takes pixels." : null),
        new("Model.ConvertToOnnx, binary and regression", rig =>
        {
            AssertConverted(rig, rig.Context.BinaryClassification.ChangeModelThreshold(rig.Fit(rig.Binary), 0.3f), rig.View, "PredictedLabel", "Score", "Probability");
            AssertConverted(rig, rig.Fit(rig.Regression), rig.View, "Score");
        }, kind => kind == "Paths" ? "which ONNX cannot do" : null),
        new("Model.ConvertToOnnx behind ConvNetFeatures", rig =>
        {
            var features = rig.Context.Transforms.ConvNetFeatures(rig.Model().LastTransformer.Model, "conv", featureColumnName: rig.Kind).Fit(rig.View);
            using var stream = new MemoryStream();
            rig.Context.Model.ConvertToOnnx(features, rig.View, stream);
        }, _ => "Layers' outputs and attributions are not converted to ONNX."),
        new("ConvNetModel.ExportOnnx, ApplyOnnxModel", rig =>
        {
            var model = rig.Model();
            model.LastTransformer.Model.ExportOnnx(rig.Folder.File("model.onnx"), "Floats", "OnnxScore");
            var scored = rig.Context.Transforms.ApplyOnnxModel("OnnxScore", "Floats", rig.Folder.File("model.onnx"), gpuDeviceId: null).Fit(rig.View).Transform(model.Transform(rig.View));
            AssertNear(scored.GetColumn<float[]>("OnnxScore"), scored.GetColumn<float[]>("Score"));
        }),
        new("AppendCacheCheckpoint", rig => rig.AssertTold(rig.Fit(rig.Keys.AppendCacheCheckpoint(rig.Context).Append(rig.Trainer)).Transform(rig.View))),
        new("Data.Cache", rig => rig.AssertTold(rig.Fit(rig.Chain, rig.Context.Data.Cache(rig.View)).Transform(rig.Context.Data.Cache(rig.View)))),
        new("Preview", rig => Assert.That(rig.Model().Transform(rig.View).Preview(5).RowView, Has.Length.EqualTo(5))),
        new("TrainTestSplit", rig =>
        {
            var split = rig.Context.Data.TrainTestSplit(rig.View, 0.3);
            rig.AssertTold(rig.Fit(rig.Chain, split.TrainSet).Transform(split.TestSet), 0.5);
        }),
        new("ShuffleRows, TakeRows, SkipRows", rig => rig.AssertTold(rig.Fit(rig.Chain, rig.Context.Data.ShuffleRows(rig.View, seed: 1)).Transform(rig.Context.Data.TakeRows(rig.Context.Data.SkipRows(rig.View, 10), 20)))),
        new("FilterRowsByColumn", rig => rig.AssertTold(rig.Fit(rig.Chain, rig.Context.Data.FilterRowsByColumn(rig.View, "Weight", 0, 1.5)).Transform(rig.View))),
        new("BootstrapSample", rig => rig.AssertTold(rig.Fit(rig.Chain, rig.Context.Data.BootstrapSample(rig.View, seed: 1)).Transform(rig.View))),
        new("Data.SaveAsBinary, LoadFromBinary", rig =>
        {
            using (var file = File.Create(rig.Folder.File("rows.idv")))
                rig.Context.Data.SaveAsBinary(rig.View, file);
            var rows = rig.Context.Data.LoadFromBinary(rig.Folder.File("rows.idv"));
            rig.AssertTold(rig.Fit(rig.Chain, rows).Transform(rows));
        }),
        new("Data.SaveAsText, LoadFromTextFile", rig =>
        {
            using (var file = File.Create(rig.Folder.File("rows.tsv")))
                rig.Context.Data.SaveAsText(rig.Context.Transforms.SelectColumns(rig.Kind, "Label").Fit(rig.View).Transform(rig.View), file);
            var (type, last) = rig.Kind switch { "Bytes" => (DataKind.Byte, 63), "Floats" => (DataKind.Single, 63), _ => (DataKind.String, 0) };
            TextLoader.Column[] columns = [last > 0 ? new(rig.Kind, type, 0, last) : new(rig.Kind, type, 0), new("Label", DataKind.String, last + 1)];
            var rows = rig.Context.Data.LoadFromTextFile(rig.Folder.File("rows.tsv"), columns, hasHeader: true, allowQuoting: true, allowSparse: true);
            rig.AssertTold(rig.Fit(rig.Chain, rows).Transform(rows));
        }),
        new("Model.Save, Load", rig => rig.AssertTold(ConvNetTransformerTests.SaveAndLoad(rig.Context, rig.Model(), rig.View.Schema, out _).Transform(rig.View))),
        new("Model.Save with a loader, LoadWithDataLoader", rig =>
        {
            using (var file = File.Create(rig.Folder.File("rows.idv")))
                rig.Context.Data.SaveAsBinary(rig.View, file);
            var model = rig.Model();
            rig.Context.Model.Save(model, rig.Context.Data.CreateTextLoader([new("Label", DataKind.String, 0)]), rig.Folder.File("model.zip"));
            Assert.That(rig.Context.Model.LoadWithDataLoader(rig.Folder.File("model.zip"), out var loader), Is.Not.Null);
            Assert.That(loader, Is.Not.Null);
        }),
        new("CreatePredictionEngine", rig =>
        {
            using var engine = rig.Context.Model.CreatePredictionEngine<MlNetRow, ToyOutput>(rig.Model(), new PredictionEngineOptions { OwnsTransformer = false });
            Assert.That(rig.Rows.Count(row => Toy.Names[engine.Predict(row).PredictedLabel - 1] == row.Label), Is.GreaterThan(48));
        }),
        new("MapKeyToValue behind", rig =>
        {
            var scored = rig.Fit(rig.Chain.Append(rig.Context.Transforms.Conversion.MapKeyToValue("PredictedLabel"))).Transform(rig.View);
            Assert.That(scored.GetColumn<string>("PredictedLabel").Zip(rig.Rows).Count(pair => pair.First == pair.Second.Label), Is.GreaterThan(48));
        }),
        new("CustomMapping behind", rig =>
        {
            var scored = rig.Fit(rig.Chain.Append(rig.Context.Transforms.CustomMapping<Scored, Best>((row, best) => best.Highest = row.Score.Max(), contractName: null))).Transform(rig.View);
            Assert.That(scored.GetColumn<float>("Highest"), Has.All.InRange(1f / 3, 1f));
        }),
        new("DropColumns, SelectColumns behind", rig => Assert.That(rig.Fit(rig.Chain.Append(rig.Context.Transforms.SelectColumns("Score"))).Transform(rig.View).Schema, Has.Count.EqualTo(1))),
        new("Concatenate of Score before another trainer", rig =>
        {
            var chain = rig.Chain.Append(rig.Context.Transforms.Concatenate("Features", "Score", "Number")).Append(rig.Context.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 5));
            Assert.That(rig.Context.MulticlassClassification.Evaluate(rig.Fit(chain).Transform(rig.View)).MicroAccuracy, Is.GreaterThan(0.8));
        }),
        new("ConvNetFeatures before another trainer", rig =>
        {
            var chain = rig.Context.Transforms.ConvNetFeatures(rig.Model().LastTransformer.Model, "pool", featureColumnName: rig.Kind).Append(rig.Keys)
                .Append(rig.Context.MulticlassClassification.Trainers.SdcaMaximumEntropy(featureColumnName: "Embedding", maximumNumberOfIterations: 20));
            rig.AssertTold(rig.Fit(chain).Transform(rig.View), 0.7);
        }),
        new("ConvNetAttribution", rig => Assert.That(
            rig.Context.Transforms.ConvNetAttribution(rig.Model().LastTransformer.Model, new InputGradient(), featureColumnName: rig.Kind).Fit(rig.View).Transform(rig.View).GetColumn<float[]>("Attribution").First(), Has.Length.EqualTo(64))),
        new("Clustering of ConvNetFeatures", rig =>
        {
            var chain = rig.Context.Transforms.ConvNetFeatures(rig.Model().LastTransformer.Model, "fc", featureColumnName: rig.Kind).Append(rig.Context.Clustering.Trainers.KMeans("Embedding", numberOfClusters: 3));
            Assert.That(rig.Fit(chain).Transform(rig.View).GetColumn<uint>("PredictedLabel").Distinct().Count(), Is.EqualTo(3));
        }),
        new("WithOnFitDelegate", rig =>
        {
            ConvNetTransformer? seen = null;
            rig.Fit(rig.Keys.Append(rig.Trainer.WithOnFitDelegate(model => seen = model)));
            Assert.That(seen!.Training!.Epochs, Has.Count.EqualTo(6));
        }),
        new("MLContext.Log", rig =>
        {
            var kinds = new HashSet<ChannelMessageKind>();
            rig.Context.Log += (_, line) => kinds.Add(line.Source.Contains("ConvNet", StringComparison.Ordinal) ? line.Kind : ChannelMessageKind.Trace);
            rig.Model();
            Assert.That(kinds, Has.Member(ChannelMessageKind.Info).And.None.EqualTo(ChannelMessageKind.Error));
        }),
        new("MLContext seed", rig => AssertNear(rig.Model().Transform(rig.View).GetColumn<float[]>("Score"), rig.Model().Transform(rig.View).GetColumn<float[]>("Score"), 0)),
        new("MLContext.TempFilePath", rig =>
        {
            rig.Context.TempFilePath = rig.Folder.File("temporary");
            Directory.CreateDirectory(rig.Context.TempFilePath);
            rig.AssertTold(rig.Model().Transform(rig.View));
            Assert.That(Directory.EnumerateFileSystemEntries(rig.Context.TempFilePath), Is.Empty, "nothing is written there");
        }),
        new("Example weights", rig => rig.AssertTold(rig.Fit(rig.Keys.Append(rig.Context.MulticlassClassification.Trainers.ConvNet(rig.Options with { ExampleWeightColumnName = "Weight" }))).Transform(rig.View))),
        new("Validation set", rig =>
        {
            var keys = rig.Keys.Fit(rig.View).Transform(rig.View);
            var model = rig.Fit(rig.Context.MulticlassClassification.Trainers.ConvNet(rig.Options with { ValidationSet = rig.Context.Data.TakeRows(keys, 20) }), keys);
            Assert.That(model.Training!.Epochs, Has.All.Matches<Training.EpochMetrics>(epoch => epoch.ValidationLoss is not null));
        }),
        new("Data.CreateEnumerable", rig => Assert.That(rig.Context.Data.CreateEnumerable<ToyOutput>(rig.Model().Transform(rig.View), reuseRowObject: false, ignoreMissingColumns: true).Count(), Is.EqualTo(60))),
    ];

    public static IEnumerable<TestCaseData> Cases => from feature in _features from kind in MlNetRig.Kinds select new TestCaseData(feature, kind).SetArgDisplayNames(feature.Name, kind);

    [TestCaseSource(nameof(Cases))]
    public void Feature_OfMlNet_WorksOrIsRefusedWithASentence(object feature, string kind)
    {
        using var rig = new MlNetRig(kind);
        var tried = (MlNetFeature)feature;
        if (tried.Refusal?.Invoke(kind) is { } refusal)
            Assert.That(() => tried.Try(rig), Throws.Exception.With.Message.Contains(refusal));
        else
            tried.Try(rig);
    }

    [Test]
    public void Documentation_NamesEachFeature()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "mlnet.md"));
        Assert.That(_features.Where(feature => !text.Contains($"| {feature.Name} |", StringComparison.Ordinal)), Is.Empty);
        Assert.That(_features, Has.Length.GreaterThan(30));
    }

    private static void Dispose(ITransformer model, Action check)
    {
        using ((IDisposable)model)
            check();
    }

    /// <summary>Converts a pipeline, runs it in ONNX Runtime, and compares its columns with the model's own.</summary>
    private static void AssertConverted(MlNetRig rig, ITransformer model, IDataView view, params string[] columns)
    {
        var path = rig.Folder.File($"{columns.Length}.onnx");
        using (var stream = File.Create(path))
            rig.Context.Model.ConvertToOnnx(model, view, stream);
        var expected = model.Transform(view);
        var outputs = columns.Select(column => $"{column}.output").ToArray();
        var session = new Microsoft.ML.OnnxRuntime.InferenceSession(path);
        string[] inputs = [.. session.InputMetadata.Keys];
        Assert.That(session.OutputMetadata.Keys, Is.SupersetOf(outputs));
        var converted = rig.Context.Transforms.ApplyOnnxModel(outputs, inputs, path, gpuDeviceId: null).Fit(view).Transform(view);
        session.Dispose();
        foreach (var column in columns)
        {
            var values = Views.Read(converted, other => other.Name == column); // ML.NET takes the ending away
            var own = Views.Read(expected, other => other.Name == column);
            for (var row = 0; row < own.Count; row++)
                Assert.That(Numbers(values[row][^1]), Is.EqualTo(Numbers(own[row][0])).Within(1e-5), $"{column}, row {row}");
        }
    }

    private static IEnumerable<double> Numbers(object? value) => (value as Array ?? new[] { value }).Cast<object>().Select(Convert.ToDouble);

    private static void AssertNear(IEnumerable<float[]> actual, IEnumerable<float[]> expected, float tolerance = 1e-5f)
    {
        foreach (var (values, others) in actual.Zip(expected))
            Assert.That(values, Is.EqualTo(others).Within(tolerance));
    }

    private sealed class Scored
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class Best
    {
        public float Highest { get; set; }
    }
}
