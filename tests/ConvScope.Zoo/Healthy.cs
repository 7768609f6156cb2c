using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Zoo;

/// <summary>Trainings with nothing wrong: sparse, normalised, converged, with large and small learning rates, and inputs of several usual scales.</summary>
internal static class Healthy
{
    public static IReadOnlyList<Case> All { get; } =
    [
        new("LeNet-5, SGD 0.02", [], new Recipe()),
        new("LeNet-5, SGD 0.01", [], new Recipe { LearningRate = 0.01 }),
        new("LeNet-5, SGD 0.05", [], new Recipe { LearningRate = 0.05 }),
        new("LeNet-5, SGD 0.1 without momentum", [], new Recipe { LearningRate = 0.1, Momentum = 0 }),
        new("LeNet-5, Adam", [], new Recipe { Adam = true, LearningRate = 1e-3 }),
        new("LeNet-5 with tanh", [], new Recipe { Network = channels => Nets.LeNet(channels, () => nn.Tanh()) }),
        new("LeNet-5 with leaky ReLU", [], new Recipe { Network = channels => Nets.LeNet(channels, () => nn.LeakyReLU(0.1)) }),
        new("LeNet-5 with dropout", [], new Recipe { Network = channels => Nets.LeNet(channels, dropout: 0.5) }),
        new("LeNet-5, inputs 0 to 1", [], new Recipe { Images = images => images * 0.308 + 0.131, LearningRate = 0.05 }),
        new("LeNet-5, inputs −1 to 1", [], new Recipe { Images = images => images * 0.616 - 0.738 }),
        new("LeNet-5, batch 16", [], new Recipe { BatchSize = 16, LearningRate = 0.01 }),
        new("LeNet-5, batch 128", [], new Recipe { BatchSize = 128, LearningRate = 0.05 }),
        new("LeNet-5 with weight decay", [], new Recipe { WeightDecay = 5e-4 }),
        new("LeNet-5, gradients clipped at 1", [], new Recipe { Clip = 1, LearningRate = 0.05 }),
        new("LeNet-5, converged", [], new Recipe { Steps = 640, Adam = true, LearningRate = 2e-3 }),
        new("normalised, SGD 0.1", [], new Recipe { Network = channels => Nets.Normalized(channels), LearningRate = 0.1 }),
        new("normalised, SGD 0.02", [], new Recipe { Network = channels => Nets.Normalized(channels) }),
        new("normalised, Adam", [], new Recipe { Network = channels => Nets.Normalized(channels), Adam = true, LearningRate = 2e-3 }),
        new("group normalisation", [], new Recipe { Network = Nets.Grouped, Initialize = network => Nets.SetScales(network) }),
        new("group normalisation with a few scales that decayed", [],
            new Recipe { Network = Nets.Grouped, Initialize = network => Nets.SetScales(network, 1, 1, 1, 1, 1, 1, 1, 1e-41f) }),
        new("wide and sparse", [], new Recipe { Network = Nets.Wide }),
        new("wide and sparse, SGD 0.1", [], new Recipe { Network = Nets.Wide, LearningRate = 0.1 }),
    ];
}
