using ConvScope.Networks;
using ConvScope.Networks.Zoo;
using ConvScope.Records.Networks;
using ConvScope.Training;
using ConvScope.Training.Images;

namespace ConvScope.GpuCheck.Checks;

/// <summary>Images a second of whole trainings in each format: resident data, the end waited for. <c>twin.py</c> is PyTorch's.</summary>
internal sealed class SpeedCheck : Check
{
    private static readonly (string Name, TrainingOptions Options)[] _formats =
    [
        ("float32", new()), ("float32 channels last", new() { ChannelsLast = true }),
        ("bf16", new() { Precision = Precision.Mixed }), ("bf16 channels last", new() { Precision = Precision.Mixed, ChannelsLast = true }),
    ];

    /// <inheritdoc />
    public override string Name => "speed";

    /// <inheritdoc />
    public override object Run(Laboratory laboratory, Expectations expectations)
    {
        var results = new List<object>();
        (NetworkSpec, int, int)[] trainings =
            [(LeNet5.Create(), 64, 30000), (LeNet5.Create(), 512, 60000), (SmallNet.Create(), 128, 60000), (ResNet9.Create(), 512, 15360)];
        foreach (var (spec, batch, images) in trainings)
        {
            var count = laboratory.Scaled(images, least: 16);
            using var data = Drawn(spec, count, laboratory.Place);
            foreach (var (name, format) in _formats)
            {
                using var network = spec.CreateModule(1);
                network.to(laboratory.Place);
                var options = format with { Epochs = laboratory.IsWhole ? 3 : 2, BatchSize = batch, LearningRate = 0.001 };
                var result = new Trainer(options).Train(network, data); // an epoch ends with its totals on the host
                var loss = result.Epochs[^1].TrainLoss;
                expectations.That(double.IsFinite(loss), $"{spec.Name} in {name} should have a finite loss; it is {loss}");
                var imagesPerSecond = result.Epochs.Skip(1).Max(epoch => count / epoch.Seconds);
                var firstSeconds = result.Epochs[0].Seconds;
                results.Add(new { network = spec.Name, batch, format = name, imagesPerSecond, firstSeconds, loss });
            }
        }

        return results;
    }

    private static LabeledImages Drawn(NetworkSpec spec, int count, Device place)
    {
        var random = new Random(1);
        var pixels = new byte[count * spec.Input.Count];
        random.NextBytes(pixels);
        long[] labels = [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(spec.ClassCount))];
        return LabeledImages.Create(pixels, labels, spec.Input, place);
    }
}
