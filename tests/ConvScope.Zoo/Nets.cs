using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Zoo;

/// <summary>Networks for images of 28×28 with ten classes.</summary>
internal static class Nets
{
    private const int Classes = 10;

    public static nn.Module<Tensor, Tensor> LeNet(int channels, Func<nn.Module<Tensor, Tensor>>? activation = null, double dropout = 0, params nn.Module<Tensor, Tensor>[] last)
    {
        var act = activation ?? (() => nn.ReLU());
        List<nn.Module<Tensor, Tensor>> layers =
        [
            nn.Conv2d(channels, 6, 5, padding: 2), act(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 3), act(), nn.MaxPool2d(2), nn.Conv2d(16, 120, 5), act(), nn.Flatten(), nn.Linear(480, 84), act(),
        ];
        if (dropout > 0)
            layers.Add(nn.Dropout(dropout));
        layers.Add(nn.Linear(84, Classes));
        return nn.Sequential([.. layers, .. last]);
    }

    /// <summary>A small network with batch normalisation.</summary>
    public static nn.Module<Tensor, Tensor> Normalized(int channels, int width = 8) => nn.Sequential(
        nn.Conv2d(channels, width, 3, padding: 1), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(width, 2 * width, 3, padding: 1), nn.BatchNorm2d(2 * width), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(98 * width, Classes));

    /// <summary>A small network with group normalisation, whose scale and shift TorchSharp leaves to be set.</summary>
    public static nn.Module<Tensor, Tensor> Grouped(int channels) => nn.Sequential(
        nn.Conv2d(channels, 8, 3, padding: 1), nn.GroupNorm(2, 8), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding: 1), nn.GroupNorm(4, 16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(784, Classes));

    /// <summary>Sets the scales of the normalisations to one, or to what they are given, and their shifts to zero.</summary>
    public static void SetScales(nn.Module network, params float[] scales)
    {
        using var untracked = no_grad();
        foreach (var (_, module) in network.named_modules())
        {
            if (module is not GroupNorm norm)
                continue;
            var places = Enumerable.Range(0, (int)norm.weight.NumberOfElements);
            using var values = tensor([.. places.Select(place => scales.Length == 0 ? 1 : scales[place % scales.Length])]);
            norm.weight.copy_(values);
            norm.bias!.zero_();
        }
    }

    /// <summary>A deep stack of fully connected layers with a saturating function.</summary>
    public static nn.Module<Tensor, Tensor> Deep(int channels, Func<nn.Module<Tensor, Tensor>> activation, int depth = 8)
    {
        List<nn.Module<Tensor, Tensor>> layers = [nn.Flatten(), nn.Linear(784 * channels, 64), activation()];
        for (var layer = 1; layer < depth; layer++)
            layers.AddRange([nn.Linear(64, 64), activation()]);
        return nn.Sequential([.. layers, nn.Linear(64, Classes)]);
    }

    /// <summary>Two fully connected layers, wide and therefore sparse.</summary>
    public static nn.Module<Tensor, Tensor> Wide(int channels) =>
        nn.Sequential(nn.Flatten(), nn.Linear(784 * channels, 256), nn.ReLU(), nn.Linear(256, Classes));

    /// <summary>Fully connected layers with nothing between them.</summary>
    public static nn.Module<Tensor, Tensor> Linear(int channels) =>
        nn.Sequential(nn.Conv2d(channels, 6, 5, padding: 2), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1176, 120), nn.Linear(120, 84), nn.Linear(84, Classes));
}
