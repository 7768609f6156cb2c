using Microsoft.Extensions.ObjectPool;

namespace ConvScope.ML.Tests;

/// <summary>The invariants that ML.NET's own suite asks of a transformer, and what its consumers rely on.</summary>
public sealed class ConvNetTransformerTests
{
    private MLContext _context = null!;
    private ConvNetTransformer _model = null!;
    private ITransformer _loaded = null!;
    private DataViewSchema _savedSchema = null!;
    private IDataView _data = null!;

    [OneTimeSetUp]
    public void TrainOnce()
    {
        _context = new MLContext(1);
        _data = Toy.View(_context, 150, seed: 2, sparse: true);
        _model = Toy.Fit(_context);
        _loaded = SaveAndLoad(_context, _model, _data.Schema, out _savedSchema);
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _model.Dispose();
        (_loaded as IDisposable)?.Dispose();
    }

    [Test]
    public void Predict_ModelThatAnotherEngineDisposed_SaysHowToAvoidThat()
    {
        var context = new MLContext(1);
        using var model = Toy.Fit(context);
        using var engine = context.Model.CreatePredictionEngine<ToyInput, ToyOutput>(model, new PredictionEngineOptions { OwnsTransformer = false });
        context.Model.CreatePredictionEngine<ToyInput, ToyOutput>(model).Dispose();
        Assert.That(() => engine.Predict(ToyInput.From(Toy.Rows(1))[0]), Throws.TypeOf<ObjectDisposedException>().With.Message.Contain("PredictionEngineOptions { OwnsTransformer = false }"));
    }

    [Test]
    public void Load_Schema_EqualsTheSavedOne() => Views.AssertSameSchema(_savedSchema, _data.Schema);

    [Test]
    public void Schema_OnEveryWay_IsTheSame()
    {
        var expected = _model.Transform(_data).Schema;
        foreach (var transformer in new[] { _model, _loaded })
        {
            Views.AssertSameSchema(transformer.GetOutputSchema(_data.Schema), expected);
            Views.AssertSameSchema(transformer.Transform(_data).Schema, expected);
            Assert.That(transformer.IsRowToRowMapper);
            var mapper = transformer.GetRowToRowMapper(_data.Schema);
            Assert.That(mapper.InputSchema, Is.SameAs(_data.Schema));
            Views.AssertSameSchema(mapper.OutputSchema, expected);
        }
    }

    [Test]
    public void Schema_AddedColumns_HaveTheTypesAndAnnotationsOfAScorer()
    {
        var schema = _model.GetOutputSchema(_data.Schema);
        var names = Toy.Names.Select(name => name.AsMemory().ToString());
        VBuffer<ReadOnlyMemory<char>> slots = default, values = default;
        schema["Score"].GetSlotNames(ref slots);
        schema["PredictedLabel"].GetKeyValues(ref values);
        uint setId = 0;
        schema["Score"].Annotations.GetValue("ScoreColumnSetId", ref setId);

        Assert.That(schema[^2].Name, Is.EqualTo("PredictedLabel"));
        Assert.That(schema[^1].Name, Is.EqualTo("Score"));
        Assert.That(schema["Score"].Type, Is.EqualTo(new VectorDataViewType(NumberDataViewType.Single, 3)));
        Assert.That(schema["PredictedLabel"].Type, Is.EqualTo(new KeyDataViewType(typeof(uint), 3)));
        Assert.That(slots.DenseValues().Select(slot => slot.ToString()), Is.EqualTo(names));
        Assert.That(values.DenseValues().Select(value => value.ToString()), Is.EqualTo(names));
        Assert.That(setId, Is.EqualTo(1));
        var again = _model.GetOutputSchema(schema);
        again[again.Count - 1].Annotations.GetValue("ScoreColumnSetId", ref setId);
        Assert.That(setId, Is.EqualTo(2), "one more than the largest in the input");
        Assert.Throws<InvalidOperationException>(() => schema["Score"].Annotations.GetValue("NoSuchKind", ref setId));
    }

    [Test]
    public void Values_OfOriginalAndLoaded_AreTheSameWhicheverColumnsAreActive()
    {
        IDataView original = _model.Transform(_data), loaded = _loaded.Transform(_data);
        var all = Views.Read(original, _ => true);
        Views.AssertSameValues(Views.Read(loaded, _ => true), all, "all columns");
        foreach (var parity in new[] { 0, 1 })
        {
            var some = all.ConvertAll(row => row.Where((_, column) => column % 2 == parity).ToArray());
            Views.AssertSameValues(Views.Read(original, column => column.Index % 2 == parity), some, $"parity {parity}, original");
            Views.AssertSameValues(Views.Read(loaded, column => column.Index % 2 == parity), some, $"parity {parity}, loaded");
        }
    }

    [Test]
    public void Values_OneCursorAColumnInLockStep_AreTheSame()
    {
        var view = _model.Transform(_data);
        var expected = Views.Read(view, _ => true);
        var cursors = view.Schema.Select(column => view.GetRowCursor([column])).ToArray();
        var getters = view.Schema.Select(column => Views.Getter(cursors[column.Index], column)).ToArray();
        foreach (var row in expected)
        {
            for (var column = 0; column < cursors.Length; column++)
            {
                Assert.That(cursors[column].MoveNext());
                Views.AssertSame(getters[column](), row[column], view.Schema[column].Name);
                Views.AssertSame(getters[column](), row[column], "fetched twice");
            }
        }

        foreach (var cursor in cursors)
        {
            Assert.That(cursor.MoveNext(), Is.False);
            Assert.That(cursor.MoveNext(), Is.False, "and remains so");
            cursor.Dispose();
        }
    }

    [Test]
    public void Cursor_RowIds_AreTheSourcesAndUnique()
    {
        using var cursor = _model.Transform(_data).GetRowCursor([]);
        using var source = _data.GetRowCursor([]);
        ValueGetter<DataViewRowId> getId = cursor.GetIdGetter(), getSourceId = source.GetIdGetter();
        var ids = new HashSet<DataViewRowId>();
        while (cursor.MoveNext() && source.MoveNext())
        {
            DataViewRowId id = default, sourceId = default;
            getId(ref id);
            getSourceId(ref sourceId);
            Assert.That(id, Is.EqualTo(sourceId));
            Assert.That(ids.Add(id));
        }

        Assert.That(ids, Has.Count.EqualTo(150));
    }

    [Test]
    public void Getter_WrongUse_Throws()
    {
        var view = _model.Transform(_data);
        using var cursor = view.GetRowCursor([view.Schema["Score"]]);
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(view.Schema["Score"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<uint>(view.Schema["PredictedLabel"]));
        var getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Score"]);
        VBuffer<float> value = default;
        Assert.Throws<InvalidOperationException>(() => getter(ref value), "before the first MoveNext");
    }

    [Test]
    public void Transform_WrongInput_ThrowsAtOnce()
    {
        var missing = _context.Data.LoadFromEnumerable(new[] { new Toy.Key() });
        var wrongSize = _context.Data.LoadFromEnumerable(new[] { new { Features = new float[3] } }, SchemaDefinitionOf(3));
        foreach (var transformer in new[] { _model, _loaded })
        {
            Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => transformer.Transform(missing))!.Message,
                Does.StartWith("There is no feature column 'Features'; the data have 'Value'."));
            Assert.Throws<ArgumentOutOfRangeException>(() => transformer.GetOutputSchema(missing.Schema));
            Assert.Throws<ArgumentOutOfRangeException>(() => transformer.GetRowToRowMapper(missing.Schema));
            Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => transformer.Transform(wrongSize))!.Message,
                Does.StartWith("Feature column 'Features' must hold 1x8x8 = 64 values; it holds 3."));
        }
    }

    [Test]
    public void Transform_View_ReadsNothingBeforeItIsRead() => Assert.DoesNotThrow(() => _model.Transform(new UnreadableView(_data.Schema)));

    [Test]
    public void Cursor_PassedThroughColumnsOnly_RunsNoForward()
    {
        var forwards = CountForwards(() => Views.Read(_model.Transform(_data), column => column.Name is "Id" or "Word" or "Features"));
        Assert.That(forwards, Is.Zero);
    }

    [Test]
    public void Cursor_Scores_RunsOneForwardABatch()
    {
        var forwards = CountForwards(() => Views.Read(_model.Transform(_data), _ => true));
        Assert.That(forwards, Is.EqualTo(2), "150 rows in batches of 128");
    }

    [Test]
    public void GetDependencies_OfAColumn_AreMinimalAndComplete()
    {
        var mapper = ((ITransformer)_model).GetRowToRowMapper(_data.Schema);
        string[] Names(params string[] columns) => [.. mapper.GetDependencies(columns.Select(name => mapper.OutputSchema[name])).Select(column => column.Name)];

        Assert.That(Names("Score"), Is.EqualTo(new[] { "Features" }));
        Assert.That(Names("PredictedLabel", "Word"), Is.EquivalentTo(new[] { "Word", "Features" }));
        Assert.That(Names("Word"), Is.EqualTo(new[] { "Word" }));
    }

    [Test]
    public void Cursor_TwiceOverOneView_GivesTheSameAndIgnoresARandom()
    {
        var view = _model.Transform(_data);
        Assert.That(view.CanShuffle, Is.False);
        using var shuffled = view.GetRowCursor(view.Schema, new Random(5));
        var getter = Views.Getter(shuffled, view.Schema["Id"]);
        var ids = new List<object?>();
        while (shuffled.MoveNext())
            ids.Add(getter());
        Assert.That(ids, Is.EqualTo(Enumerable.Range(0, 150)));
        Views.AssertSameValues(Views.Read(view, _ => true), Views.Read(view, _ => true), "read twice");
    }

    [Test]
    public void Score_SparseAndDense_AreTheSameAndLeaveTheInputAlone()
    {
        var dense = _model.Transform(Toy.View(_context, 40, seed: 2));
        var sparse = _model.Transform(Toy.View(_context, 40, seed: 2, sparse: true));
        Views.AssertSameValues(Views.Read(sparse, _ => true), Views.Read(dense, _ => true), "sparse against dense");
    }

    [Test]
    public void Score_BatchedAndOneByOne_AreTheSame()
    {
        using var engine = Engine(_model);
        var expected = Views.Read(_model.Transform(_data), column => column.Name is "PredictedLabel" or "Score");
        var inputs = ToyInput.From(Toy.Rows(150, seed: 2));
        for (var row = 0; row < inputs.Length; row++)
        {
            var output = engine.Predict(inputs[row]);
            Assert.That(output.Score, Is.EqualTo((float[])expected[row][1]!).Within(1e-6f));
            Assert.That(output.PredictedLabel, Is.EqualTo(expected[row][0]));
            Assert.That(output.Score.Sum(), Is.EqualTo(1).Within(1e-5f), "probabilities");
        }
    }

    [Test]
    public void Score_NotFinitePixels_AreMissing()
    {
        using var engine = Engine(_model);
        var output = engine.Predict(new ToyInput { Features = [.. Enumerable.Repeat(float.NaN, 64)] });
        Assert.That(output.Score, Has.All.NaN);
        Assert.That(output.PredictedLabel, Is.Zero);
    }

    [Test]
    public void Save_LoadedAgain_GivesTheSameEntries()
    {
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        _context.Model.Save(_model, _data.Schema, first);
        _context.Model.Save(_loaded, _data.Schema, second);
        Assert.That(Entries(second), Is.EqualTo(Entries(first)));
    }

    [Test]
    public void Save_LoadedInAFreshProcess_PredictsTheSame()
    {
        using var folder = new TemporaryFolder();
        string model = folder.File("model.zip"), rows = folder.File("rows.txt");
        _context.Model.Save(_model, _data.Schema, model);
        var inputs = ToyInput.From(Toy.Rows(20, seed: 3));
        File.WriteAllLines(rows, inputs.Select(input => string.Join(' ', input.Features.Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))));

        var lines = FreshProcess.Run(typeof(ConvNetTransformerTests).Assembly.Location, model, rows);

        using var engine = Engine(_model);
        Assert.That(lines, Has.Length.EqualTo(inputs.Length));
        foreach (var (line, input) in lines.Zip(inputs))
        {
            var numbers = line.Split(' ').Select(number => float.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            var output = engine.Predict(input);
            Assert.That(numbers[0], Is.EqualTo(output.PredictedLabel));
            Assert.That(numbers[1..], Is.EqualTo(output.Score).Within(1e-6f));
        }
    }

    [Test]
    public void Dispose_OfAnEngine_DisposesTheModelUnlessItIsNotItsOwn()
    {
        var model = Toy.Fit(_context);
        var borrowing = _context.Model.CreatePredictionEngine<ToyInput, ToyOutput>(model, new PredictionEngineOptions { OwnsTransformer = false });
        borrowing.Dispose();
        var input = ToyInput.From(Toy.Rows(1))[0];
        var owning = _context.Model.CreatePredictionEngine<ToyInput, ToyOutput>(model);
        Assert.DoesNotThrow(() => owning.Predict(input));
        var other = Engine(model);
        owning.Dispose();
        owning.Dispose();
        Assert.DoesNotThrow(model.Dispose, "a second time");
        Assert.Throws<ObjectDisposedException>(() => other.Predict(input));
        other.Dispose();
    }

    [Test]
    public void Predict_PoolOnFourThreads_EqualsTheSerialResult()
    {
        var inputs = ToyInput.From(Toy.Rows(200, seed: 4));
        using var engine = Engine(_model);
        var expected = inputs.Select(input => engine.Predict(input).Score).ToArray();
        var pool = new DefaultObjectPool<PredictionEngine<ToyInput, ToyOutput>>(new EnginePolicy(() => Engine(_model)));
        Parallel.For(0, inputs.Length * 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, index =>
        {
            var pooled = pool.Get();
            var score = pooled.Predict(inputs[index % inputs.Length]).Score;
            pool.Return(pooled);
            Assert.That(score, Is.EqualTo(expected[index % inputs.Length]).Within(1e-6f));
        });
    }

    [Test]
    public void Cursor_ManyAtOnce_DoNotInterfere()
    {
        var view = _model.Transform(_data);
        var expected = Views.Read(view, _ => true);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => Views.AssertSameValues(Views.Read(view, _ => true), expected, "in parallel"));
    }

    [Test]
    public void Transform_WithoutLabel_Scores()
    {
        var inputs = _context.Data.LoadFromEnumerable(ToyInput.From(Toy.Rows(9)));
        Assert.That(Views.Read(_model.Transform(inputs), _ => true), Has.Count.EqualTo(9));
    }

    [Test]
    public void PermutationFeatureImportance_OfTheFeatures_IsMeasured()
    {
        var scored = _model.Transform(Toy.View(_context, 30));
        var byModel = _context.MulticlassClassification.PermutationFeatureImportance(_model, scored, permutationCount: 1);
        Assert.That(byModel, Has.Length.EqualTo(64));
        Assert.That(byModel.Max(slot => Math.Abs(slot.MicroAccuracy.Mean)), Is.GreaterThan(0));
    }

    internal static ITransformer SaveAndLoad(MLContext context, ITransformer model, DataViewSchema schema, out DataViewSchema loadedSchema)
    {
        using var stream = new MemoryStream();
        context.Model.Save(model, schema, stream);
        stream.Position = 0;
        return new MLContext(2).Model.Load(stream, out loadedSchema);
    }

    private PredictionEngine<ToyInput, ToyOutput> Engine(ITransformer model) =>
        _context.Model.CreatePredictionEngine<ToyInput, ToyOutput>(model, new PredictionEngineOptions { OwnsTransformer = false });

    private int CountForwards(Action act)
    {
        var forwards = 0;
        var hook = _model.Model.Module.register_forward_pre_hook((_, input) =>
        {
            forwards++;
            return input;
        });
        act();
        hook.remove();
        return forwards;
    }

    private static SchemaDefinition SchemaDefinitionOf(int size)
    {
        var definition = SchemaDefinition.Create(new { Features = Array.Empty<float>() }.GetType());
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, size);
        return definition;
    }

    private static string[] Entries(Stream stream)
    {
        stream.Position = 0;
        using var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Read, leaveOpen: true);
        return [.. zip.Entries.OrderBy(entry => entry.FullName, StringComparer.Ordinal).Select(entry =>
        {
            using var content = entry.Open();
            return $"{entry.FullName} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content))}";
        })];
    }

    private sealed class EnginePolicy(Func<PredictionEngine<ToyInput, ToyOutput>> create) : PooledObjectPolicy<PredictionEngine<ToyInput, ToyOutput>>
    {
        public override PredictionEngine<ToyInput, ToyOutput> Create() => create();

        public override bool Return(PredictionEngine<ToyInput, ToyOutput> obj) => true;
    }
}
