using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Zoo;

/// <summary>The faults: those of TheDeepChecker, AutoTrainer's symptoms and DeepCrime's operators as far as they apply to the training of a convolutional network.</summary>
internal static class Faults
{
    private static readonly string[] _tooLarge = ["update ratio", "divergence", "non-finite", "oscillation", "exploding gradient", "dead units"];
    private static readonly string[] _tooSmall = ["update ratio", "slow learning", "stagnation"];

    public static IReadOnlyList<Case> All { get; } =
    [
        new("learning rate too large", _tooLarge, new Recipe { LearningRate = 1 }),
        new("learning rate far too large", _tooLarge, new Recipe { LearningRate = 30 }),
        new("Adam with a learning rate of 0.1", _tooLarge, new Recipe { Adam = true, LearningRate = 0.1 }),
        new("learning rate too small", _tooSmall, new Recipe { LearningRate = 1e-6 }),
        new("learning rate zero", ["unchanged parameter"], new Recipe { LearningRate = 0 }),
        new("momentum 0.999", _tooLarge, new Recipe { Momentum = 0.999, LearningRate = 0.1 }),
        new("weights all zero", ["constant initialization", "symmetry"], new Recipe { Initialize = network => Weights(network, weight => weight.fill_(0)) }),
        new("weights all 0.1", ["constant initialization", "symmetry"], new Recipe { Initialize = network => Weights(network, weight => weight.fill_(0.1)) }),
        new("units copied", ["symmetry"], new Recipe { Initialize = network => Weights(network, weight => weight.narrow(0, 1, 1).copy_(weight.narrow(0, 0, 1))), Network = channels => Nets.LeNet(channels) }),
        new("weights too large", ["loss at initialization", "exploding gradient"], new Recipe { Initialize = network => Weights(network, weight => weight.mul_(10)) }),
        new("weights too small", ["stagnation", "vanishing gradient", "update ratio"], new Recipe { Initialize = network => Weights(network, weight => weight.mul_(0.01)) }),
        // What memory really held: addresses, counters, freed tensors.
        new("scales that are addresses", ["uninitialized parameter"],
            Unset(3.67E+37f, 4.57E-41f, 1.14E-11f, 3.07E-41f, 3.84E-12f, 3.07E-41f, 0, 0)),
        new("scales that are counters", ["uninitialized parameter"], Unset(0, 0, 0, 0, 1.4E-45f, 0, 8.41E-45f, 0)),
        new("scales that are text", ["uninitialized parameter"], Unset(1.4E+21f, 2.7E+23f, 1.9E-19f, 7.1E+31f)),
        new("scales that are NaN", ["uninitialized parameter"], Unset(1, float.NaN, 1, 1)),
        // Zeros look as if they had been set: it is what they do that is found.
        new("scales that are zero", ["dead units", "vanishing gradient"], Unset(0)),
        new("dead ReLU", ["dead units", "vanishing gradient"], new Recipe { Initialize = network => Biases(network, bias => bias.fill_(-20)) }),
        new("deep sigmoid stack", ["vanishing gradient", "stagnation", "saturation"], new Recipe { Network = channels => Nets.Deep(channels, () => nn.Sigmoid()) }),
        new("saturated tanh", ["saturation", "loss at initialization"], new Recipe { Network = channels => Nets.Deep(channels, () => nn.Tanh(), 4), Initialize = network => Weights(network, weight => weight.mul_(20)) }),
        new("missing nonlinearity", ["missing nonlinearity"], new Recipe { Network = Nets.Linear }),
        new("softmax before the cross-entropy", ["double softmax", "output activation"], new Recipe { Network = channels => Nets.LeNet(channels, last: nn.Softmax(1)) }),
        new("sigmoid before the cross-entropy", ["output activation"], new Recipe { Network = channels => Nets.LeNet(channels, last: nn.Sigmoid()) }),
        new("ReLU before the cross-entropy", ["output activation"], new Recipe { Network = channels => Nets.LeNet(channels, last: nn.ReLU()) }),
        new("summed loss", ["loss at initialization"], new Recipe { Loss = (logits, labels) => nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum) }),
        new("negated loss", ["divergence", "non-finite", "exploding gradient", "update ratio"], new Recipe { Loss = (logits, labels) => nn.functional.cross_entropy(logits, labels).neg() }),
        new("inputs not scaled", ["input scale"], new Recipe { Images = images => images * 78.6 + 33.3 }),
        new("inputs scaled twice", ["input scale"], new Recipe { Images = images => images / 255 }),
        new("inputs constant", ["constant images"], new Recipe { Images = images => zeros_like(images) }),
        new("half the images empty", ["constant images"], new Recipe { Images = images => images * Alternating(images) }),
        new("NaN in the images", ["non-finite"], new Recipe { Images = WithNaN }),
        new("labels shuffled", ["unrelated labels", "stagnation"], new Recipe { Labels = labels => labels.index_select(0, randperm(labels.shape[0], ScalarType.Int64)) }),
        new("labels constant", ["class imbalance"], new Recipe { Labels = labels => zeros_like(labels) }),
        new("class imbalance", ["class imbalance"], new Recipe { Labels = labels => where(rand(labels.shape[0]).lt(0.9), zeros_like(labels), labels) }),
        new("layer not trained", ["unchanged parameter"], new Recipe { Trained = name => !name.StartsWith("3.", StringComparison.Ordinal) }),
        new("optimizer makes no steps", ["unchanged parameter"], new Recipe { MakesSteps = false }),
        new("images not shuffled", ["not shuffled"], new Recipe { Sorted = true, Shuffle = false }),
        new("gradients clipped too hard", ["update ratio", "stagnation", "slow learning"], new Recipe { Clip = 1e-4 }),
        new("gradients never zeroed", [.. _tooLarge, "stagnation"], new Recipe { ZeroGradients = false, LearningRate = 0.1 }),
        new("dropout 0.99", ["slow learning", "stagnation"], new Recipe { Network = channels => Nets.LeNet(channels, dropout: 0.99) }) { ShowsAtOnce = false },
        new("weight decay too strong", ["update ratio", "stagnation", "slow learning", "vanishing gradient"], new Recipe { WeightDecay = 2 }) { ShowsAtOnce = false },
        new("overfitting", ["overfitting"], new Recipe { Count = 128, Steps = 400, BatchSize = 16, LearningRate = 0.05, Labels = labels => where(rand(labels.shape[0]).lt(0.3), randint(0, 10, labels.shape, ScalarType.Int64), labels) }) { ShowsAtOnce = false },
    ];

    /// <summary>A network with group normalisation whose scales are what memory held.</summary>
    private static Recipe Unset(params float[] scales) =>
        new() { Network = Nets.Grouped, Initialize = network => Nets.SetScales(network, scales) };

    private static void Weights(nn.Module network, Action<Tensor> change) => Change(network, "weight", change);

    private static void Biases(nn.Module network, Action<Tensor> change) => Change(network, "bias", change);

    private static void Change(nn.Module network, string suffix, Action<Tensor> change)
    {
        using var untracked = no_grad();
        foreach (var (_, parameter) in network.named_parameters().Where(pair => pair.name.EndsWith(suffix, StringComparison.Ordinal) && (suffix == "bias" || pair.parameter.dim() > 1)))
            change(parameter);
    }

    private static Tensor Alternating(Tensor images) => arange(images.shape[0]).remainder(2).reshape(-1, 1, 1, 1).to(ScalarType.Float32);

    private static Tensor WithNaN(Tensor images)
    {
        var copy = images.clone();
        copy.narrow(0, 100, 1).fill_(float.NaN);
        return copy;
    }
}
