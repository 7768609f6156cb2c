using ConvScope.Networks;
using ConvScope.Records.Networks;
using ConvScope.Training;
using ConvScope.Training.Images;

namespace ConvScope.Benchmarks;

/// <summary>One network trained on drawn images in 32-bit floats with channels first, with channels last, in mixed precision, and in both.</summary>
internal sealed class ComputeFormats : SideBySide
{
    private readonly NetworkSpec _network;
    private readonly LabeledImages _images;
    private readonly TrainingOptions _options;

    public ComputeFormats(NetworkSpec network, int batchSize, int steps)
        : base($"{network.Name}: {steps * batchSize} images of {network.Input} in batches of {batchSize}, by the format of what passes through the network; below 1 where a format wins", rounds: 5)
    {
        var random = new Random(1);
        var pixels = new byte[steps * batchSize * network.Input.Count];
        random.NextBytes(pixels);
        _network = network;
        _images = LabeledImages.Create(pixels, [.. Enumerable.Range(0, steps * batchSize).Select(_ => (long)random.Next(network.ClassCount))], network.Input);
        _options = new TrainingOptions { Epochs = 1, BatchSize = batchSize };
    }

    protected override IReadOnlyList<(string Name, Action<Action> Run)> Ways =>
    [
        ("full, channels first", afterStep => Train(afterStep, _options)),
        ("full, channels last", afterStep => Train(afterStep, _options with { ChannelsLast = true })),
        ("mixed, channels first", afterStep => Train(afterStep, _options with { Precision = Precision.Mixed })),
        ("mixed, channels last", afterStep => Train(afterStep, _options with { Precision = Precision.Mixed, ChannelsLast = true })),
    ];

    public override void Dispose()
    {
        base.Dispose();
        _images.Dispose();
    }

    protected override void WarmUp() => Turns.Run([.. Ways.Select(way => way.Run)], first: 0);

    private void Train(Action afterStep, TrainingOptions options)
    {
        using var network = _network.CreateModule(seed: 1);
        new Trainer(options, [new Turns.Observer(afterStep)]).Train(network, _images);
    }
}
