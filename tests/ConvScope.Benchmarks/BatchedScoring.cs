using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace ConvScope.Benchmarks;

/// <summary>10,000 calls of a prediction engine against one <c>Transform</c> of the same rows whose scores are read.</summary>
internal sealed class BatchedScoring : Sequence
{
    private readonly MLContext _context = new(1);
    private readonly Digit[] _digits;
    private readonly ConvNetTransformer _model;
    private readonly PredictionEngine<Digit, DigitScore> _engine;
    private readonly IDataView _view;

    public BatchedScoring(ImageSet train, ImageSet test)
        : base("one batched Transform of 10,000 rows against 10,000 PredictionEngine calls; at most 0.333", rounds: 5)
    {
        _digits = Digit.From(test);
        _view = _context.Data.LoadFromEnumerable(_digits);
        _model = _context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Training = new TrainingOptions { Epochs = 1 } }).Fit(_context.Data.LoadFromEnumerable(Digit.From(train.Slice(0, 640))));
        _engine = _context.Model.CreatePredictionEngine<Digit, DigitScore>(_model, new PredictionEngineOptions { OwnsTransformer = false });
    }

    public override void Dispose()
    {
        base.Dispose();
        _engine.Dispose();
        _model.Dispose();
    }

    protected override IReadOnlyList<(string Name, Action Run)> Ways => [("engine", Predict), ("Transform", Transform)];

    private void Predict()
    {
        foreach (var digit in _digits)
            _engine.Predict(digit);
    }

    private void Transform()
    {
        var scored = _model.Transform(_view);
        using var cursor = scored.GetRowCursor(scored.Schema.Where(column => column.Name is "Score" or "PredictedLabel"));
        var getScore = cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
        var getLabel = cursor.GetGetter<uint>(scored.Schema["PredictedLabel"]);
        VBuffer<float> score = default;
        var label = 0u;
        while (cursor.MoveNext())
        {
            getScore(ref score);
            getLabel(ref label);
        }
    }
}
