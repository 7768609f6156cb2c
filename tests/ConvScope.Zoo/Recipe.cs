using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Zoo;

/// <summary>How one training is done. The defaults give a healthy one; a fault changes one thing.</summary>
internal sealed record Recipe
{
    public Func<int, nn.Module<Tensor, Tensor>> Network { get; init; } = channels => Nets.LeNet(channels);

    /// <summary>Changes the initial weights.</summary>
    public Action<nn.Module<Tensor, Tensor>>? Initialize { get; init; }

    /// <summary>Changes the images, <c>[N, C, H, W]</c>, which come with mean 0 and standard deviation 1.</summary>
    public Func<Tensor, Tensor>? Images { get; init; }

    /// <summary>Changes the labels, <c>[N]</c>.</summary>
    public Func<Tensor, Tensor>? Labels { get; init; }

    public double LearningRate { get; init; } = 0.02;

    public double Momentum { get; init; } = 0.9;

    public double WeightDecay { get; init; }

    public bool Adam { get; init; }

    /// <summary>Which parameters the optimizer gets.</summary>
    public Func<string, bool> Trained { get; init; } = _ => true;

    public Func<Tensor, Tensor, Tensor> Loss { get; init; } = (logits, labels) => nn.functional.cross_entropy(logits, labels);

    public int BatchSize { get; init; } = 64;

    public int Steps { get; init; } = 300;

    /// <summary>Training images.</summary>
    public int Count { get; init; } = 4096;

    public bool Shuffle { get; init; } = true;

    /// <summary>Images sorted by class.</summary>
    public bool Sorted { get; init; }

    public bool ZeroGradients { get; init; } = true;

    public bool MakesSteps { get; init; } = true;

    /// <summary>Largest norm of the gradient; null for no clipping.</summary>
    public double? Clip { get; init; }

    public optim.Optimizer Optimizer(nn.Module network)
    {
        Parameter[] parameters = [.. network.named_parameters().Where(pair => Trained(pair.name)).Select(pair => pair.parameter)];
        return Adam ? optim.Adam(parameters, LearningRate, weight_decay: WeightDecay) : optim.SGD(parameters, LearningRate, Momentum, weight_decay: WeightDecay);
    }
}
