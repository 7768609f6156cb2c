using ConvScope.Datasets;
using Microsoft.ML;

namespace ConvScope.Benchmarks;

/// <summary>10,000 images: bare forward passes of 128 from pixels to probabilities, one <c>Transform</c> whose scores are read, and the same over ONNX Runtime.</summary>
internal sealed class ManyPredictions : PredictionCost
{
    private const int BatchSize = 128;

    private readonly float[][] _batches;

    public ManyPredictions(ImageSet train, ImageSet test)
        : base("a batched Transform against bare batched forward passes; rate at least 0.8, so time at most 1.25", train, test) =>
        _batches = [.. Digits.Chunk(BatchSize).Select(digits => digits.SelectMany(digit => digit.Features).ToArray())];

    protected override IReadOnlyList<(string Name, Action Run)> Ways =>
        [("bare batches", Forward), ("Transform", () => Read(Model.Transform(View))), ("ONNX Runtime in ML.NET", () => Read(Onnx.Transform(View)))];

    private void Forward()
    {
        foreach (var batch in _batches)
            Bare(batch, batch.Length / 784);
    }
}
