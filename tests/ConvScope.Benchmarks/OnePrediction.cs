using ConvScope.Datasets;
using Microsoft.ML;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Benchmarks;

/// <summary>2,000 images, one at a time: a forward pass over tensors that are there, the same from pixels to probabilities, a prediction engine, and a prediction engine over ONNX Runtime.</summary>
internal sealed class OnePrediction : PredictionCost
{
    private const int Images = 2000;

    private readonly PredictionEngine<FloatDigit, DigitScore> _engine, _onnxEngine;
    private readonly Tensor[] _tensors;

    public OnePrediction(ImageSet train, ImageSet test)
        : base("a PredictionEngine call for LeNet-5 against a bare TorchSharp forward of one image; at most 1.3", train, test)
    {
        _engine = Context.Model.CreatePredictionEngine<FloatDigit, DigitScore>(Model, new PredictionEngineOptions { OwnsTransformer = false });
        _onnxEngine = Context.Model.CreatePredictionEngine<FloatDigit, DigitScore>(Onnx, new PredictionEngineOptions { OwnsTransformer = false });
        _tensors = [.. Digits.Take(Images).Select(digit => tensor(digit.Features, [1, 1, 28, 28]))];
    }

    protected override IReadOnlyList<(string Name, Action Run)> Ways =>
    [
        ("bare forward", Forward), ("bare, pixels to probabilities", () => Each(digit => Bare(digit.Features, 1))), ("PredictionEngine", () => Each(digit => _engine.Predict(digit))), ("ONNX Runtime in ML.NET", () => Each(digit => _onnxEngine.Predict(digit))),
    ];

    public override void Dispose()
    {
        foreach (var tensor in _tensors)
            tensor.Dispose();
        _engine.Dispose();
        _onnxEngine.Dispose();
        base.Dispose();
    }

    private void Forward()
    {
        foreach (var image in _tensors)
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            Model.Model.Module.call(image);
        }
    }

    private void Each(Action<FloatDigit> predict)
    {
        foreach (var digit in Digits.AsSpan(0, Images))
            predict(digit);
    }
}
