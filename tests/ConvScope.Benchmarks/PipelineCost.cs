using ConvScope.Datasets;
using ConvScope.ML;
using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Training;
using ConvScope.Training.Images;
using Microsoft.ML;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Benchmarks;

/// <summary>A bare TorchSharp loop over tensors that are already there against ML.NET's <c>Fit</c>, which also reads the view and measures loss and accuracy.</summary>
internal sealed class PipelineCost : SideBySide
{
    private readonly MLContext _context = new(1);
    private readonly Digit[] _digits;
    private readonly LabeledImages _tensors;

    public PipelineCost(ImageSet train)
        : base("training through ML.NET, reading the view included, against a bare TorchSharp loop; at most 1.10", rounds: 5)
    {
        _digits = Digit.From(train);
        _tensors = LabeledImages.Create(train);
    }

    public override void Dispose()
    {
        base.Dispose();
        _tensors.Dispose();
    }

    protected override IReadOnlyList<(string Name, Action<Action> Run)> Ways => [("bare loop", Bare), ("ML.NET", Fit)];

    private void Bare(Action afterStep)
    {
        var options = new TrainingOptions();
        using var network = LeNet5.Create(10).CreateModule(seed: 1);
        using var optimizer = optim.SGD(network.parameters().ToArray(), options.LearningRate, options.Momentum);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            using var order = randperm(_tensors.Count, ScalarType.Int64);
            for (var start = 0L; start < _tensors.Count; start += options.BatchSize)
            {
                using var scope = NewDisposeScope();
                var rows = order.narrow(0, start, Math.Min(options.BatchSize, _tensors.Count - start));
                optimizer.zero_grad();
                var outputs = network.call(_tensors.Images.index_select(0, rows));
                nn.functional.cross_entropy(outputs, _tensors.Labels.index_select(0, rows)).backward();
                optimizer.step();
                afterStep();
            }
        }
    }

    private void Fit(Action afterStep)
    {
        using var model = _context.MulticlassClassification.Trainers.ConvNet(new ConvNetOptions { Observers = [new Turns.Observer(afterStep)] }).Fit(_context.Data.LoadFromEnumerable(_digits));
    }
}
