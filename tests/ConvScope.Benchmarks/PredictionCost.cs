using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Benchmarks;

/// <summary>One trained LeNet-5 as a bare TorchSharp module, as an ML.NET model, and as ONNX in ONNX Runtime through ML.NET, over the same test images.</summary>
internal abstract class PredictionCost : Sequence
{
    private readonly string _onnxFile = Path.Combine(Path.GetTempPath(), $"convscope-{Guid.NewGuid():N}.onnx");

    protected PredictionCost(string question, ImageSet train, ImageSet test)
        : base(question, rounds: 9)
    {
        Digits = FloatDigit.From(test);
        View = Context.Data.LoadFromEnumerable(Digits);
        Model = Context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Training = new TrainingOptions { Epochs = 1 } }).Fit(Context.Data.LoadFromEnumerable(Digit.From(train.Slice(0, 640))));
        Model.Model.ExportOnnx(_onnxFile);
        Onnx = Context.Transforms.ApplyOnnxModel("Score", "Features", _onnxFile, shapeDictionary: new Dictionary<string, int[]> { ["Features"] = [1, 1, 28, 28] }).Fit(View);
    }

    protected MLContext Context { get; } = new(1);

    protected FloatDigit[] Digits { get; }

    protected IDataView View { get; }

    protected ConvNetTransformer Model { get; }

    protected ITransformer Onnx { get; }

    public override void Dispose()
    {
        base.Dispose();
        (Onnx as IDisposable)?.Dispose();
        Model.Dispose();
        File.Delete(_onnxFile);
    }

    /// <summary>The bare way: pixels of some images to probabilities.</summary>
    protected float[] Bare(float[] pixels, int images)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        return Model.Model.Module.call(from_array(pixels).reshape(images, 1, 28, 28)).softmax(1).data<float>().ToArray();
    }

    /// <summary>Reads the scores of a view.</summary>
    protected static void Read(IDataView scored)
    {
        using var cursor = scored.GetRowCursor([scored.Schema["Score"]]);
        var getScore = cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
        VBuffer<float> score = default;
        while (cursor.MoveNext())
            getScore(ref score);
    }
}
