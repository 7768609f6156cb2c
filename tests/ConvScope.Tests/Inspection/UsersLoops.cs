using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace ConvScope.Tests.Inspection;

/// <summary>Loops as people write them, by what is particular about them. Each makes its network, trains it, and tells a scope where there is one.</summary>
internal static class UsersLoops
{
    private const int Steps = 6;

    /// <summary>The loops by name. Each gets a way to attach a scope, null where nobody looks, and gives its losses and the network.</summary>
    public static IReadOnlyDictionary<string, Func<Func<nn.Module, optim.Optimizer, Scope?>, (List<float> Losses, nn.Module Network)>> All { get; } =
        new Dictionary<string, Func<Func<nn.Module, optim.Optimizer, Scope?>, (List<float>, nn.Module)>>
        {
            ["classes"] = attach => Train(attach, Convolutions(), (net, step) => Classified(net, Images(16, 8), Classes(16))),
            ["images of several sizes"] = attach => Train(attach, Convolutions(), (net, step) => Classified(net, Images(16, 8 + 2 * (step % 3)), Classes(16))),
            ["labels that are left out"] = attach => Train(attach, Convolutions(), (net, step) => Classified(net, Images(16, 8), Classes(16).masked_fill(arange(16).remainder(3).eq(0), -100))),
            ["labels left out by another number"] = attach => Train(attach, Convolutions(), (net, step) =>
            {
                var (images, labels) = (Images(16, 8), Classes(16).masked_fill(arange(16).remainder(3).eq(0), 255));
                var outputs = net.call(images);
                return (F.cross_entropy(outputs, labels, ignore_index: 255), outputs, labels);
            }),
            ["labels of 32 bits"] = attach => Train(attach, Convolutions(), (net, step) => Classified(net, Images(16, 8), Classes(16), ScalarType.Int32)),
            ["labels of 8 bits"] = attach => Train(attach, Convolutions(), (net, step) => Classified(net, Images(16, 8), Classes(16), ScalarType.Byte)),
            ["a batch of one"] = attach => Train(attach, Convolutions(), (net, step) => Classified(net, Images(1, 8), Classes(1))),
            ["no labels"] = attach => Train(attach, Convolutions(), (net, step) =>
            {
                var outputs = net.call(Images(16, 8));
                return (outputs.square().mean(), outputs, null);
            }),
            ["no outputs"] = attach => Train(attach, Convolutions(), (net, step) => (net.call(Images(16, 8)).square().mean(), null, null)),
            ["labels as shares"] = attach => Train(attach, Convolutions(), (net, step) =>
            {
                var (outputs, shares) = (net.call(Images(16, 8)), rand(16, 4).softmax(1));
                return (outputs.log_softmax(1).mul(shares).sum(1).mean().neg(), outputs, shares);
            }),
            ["several labels an image"] = attach => Train(attach, Convolutions(), (net, step) =>
            {
                var (outputs, labels) = (net.call(Images(16, 8)), rand(16, 4).gt(0.5).to(ScalarType.Float32));
                return (F.binary_cross_entropy_with_logits(outputs, labels), outputs, labels);
            }),
            ["coordinates"] = attach => Train(attach, Convolutions(), (net, step) =>
            {
                var (outputs, places) = (net.call(Images(16, 8)), rand(16, 4).mul(50));
                return (F.mse_loss(outputs, places), outputs, places);
            }),
            ["values of actions"] = attach => Train(attach, Convolutions(), (net, step) =>
            {
                var (outputs, actions) = (net.call(Images(16, 8)), Classes(16));
                return (F.smooth_l1_loss(outputs.gather(1, actions.unsqueeze(1)).squeeze(1), rand(16).mul(10)), outputs, actions);
            }),
            ["an autoencoder"] = attach => Train(attach, nn.Sequential(nn.Conv2d(1, 4, 3, padding: 1), nn.Sigmoid(), nn.Conv2d(4, 1, 3, padding: 1), nn.Sigmoid()), (net, step) =>
            {
                var images = rand(8, 1, 8, 8);
                var outputs = net.call(images);
                return (F.mse_loss(outputs, images), outputs, images);
            }),
            ["a class each pixel"] = attach => Train(attach, nn.Sequential(nn.Conv2d(1, 8, 3, padding: 1), nn.ReLU(), nn.Conv2d(8, 3, 3, padding: 1)), (net, step) =>
            {
                var (images, labels) = (Images(4, 8), randint(0, 3, [4, 8, 8], ScalarType.Int64));
                var outputs = net.call(images);
                return (F.cross_entropy(outputs, labels), outputs, labels);
            }),
            ["batches that are gathered"] = attach => Train(attach, Convolutions(), (net, step) =>
            {
                var labels = Classes(16);
                var outputs = cat([net.call(Images(8, 8)), net.call(Images(8, 8))]);
                return (F.cross_entropy(outputs, labels), outputs, labels);
            }),
            ["a loss each image"] = attach => Train(attach, Convolutions(), (net, step) =>
            {
                var (outputs, labels) = (net.call(Images(16, 8)), Classes(16));
                return (F.cross_entropy(outputs, labels, reduction: nn.Reduction.None), outputs, labels);
            }),
            ["rows of numbers"] = attach => Train(attach, nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 4)), (net, step) => Classified(net, rand(16, 64), Classes(16))),
            ["signals"] = attach => Train(attach, nn.Sequential(nn.Conv1d(1, 8, 5), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 4)), (net, step) => Classified(net, rand(16, 1, 64), Classes(16))),
            ["volumes"] = attach => Train(
                attach, nn.Sequential(nn.Conv3d(1, 4, 3), nn.BatchNorm3d(4), nn.ReLU(), nn.AdaptiveAvgPool3d([1, 1, 1]), nn.Flatten(), nn.Linear(4, 4)), (net, step) => Classified(net, rand([8, 1, 6, 6, 6]), Classes(8))),
            ["words"] = attach => Train(attach, new WordNetwork(), (net, step) => Classified(net, randint(0, 50, [16, 5 + step % 2], ScalarType.Int64), Classes(16))),
            ["two inputs"] = attach => Train(attach, new TwoInputs(), (net, step) =>
            {
                var (outputs, labels) = (((TwoInputs)net).call(Images(16, 8), rand(16, 3)), Classes(16));
                return (F.cross_entropy(outputs, labels), outputs, labels);
            }),
            ["outputs in a tuple"] = attach => Train(attach, new TupleNetwork(), (net, step) =>
            {
                var (outputs, kept) = ((TupleNetwork)net).call(Images(16, 8));
                var labels = Classes(16);
                return (F.cross_entropy(outputs, labels) + kept.square().mean(), outputs, labels);
            }),
            ["outputs in a dictionary"] = attach => Train(attach, new DictionaryNetwork(), (net, step) =>
            {
                var (outputs, labels) = (((DictionaryNetwork)net).call(Images(16, 8))["logits"], Classes(16));
                return (F.cross_entropy(outputs, labels), outputs, labels);
            }),
            ["a layer without a gradient"] = attach => Train(attach, new TupleNetwork(unused: true), (net, step) =>
            {
                var (outputs, labels) = (((TupleNetwork)net).call(Images(16, 8)).Item1, Classes(16));
                return (F.cross_entropy(outputs, labels), outputs, labels);
            }),
            ["complex weights"] = attach => Train(attach, new ComplexNetwork(), (net, step) => Classified(net, Images(16, 8), Classes(16))),
            ["evaluation mode"] = attach => Train(attach, Evaluating(Convolutions()), (net, step) => Classified(net, Images(16, 8), Classes(16))),
            ["forward in place of call"] = attach => Train(attach, Convolutions(), (net, step) =>
            {
                var (outputs, labels) = (((Sequential)net).forward(Images(16, 8)), Classes(16));
                return (F.cross_entropy(outputs, labels), outputs, labels);
            }),
            ["a module used twice"] = attach => Train(attach, new SharedNetwork(), (net, step) => Classified(net, Images(16, 8), Classes(16))),
        };

    private static nn.Module<Tensor, Tensor> Evaluating(nn.Module<Tensor, Tensor> network)
    {
        network.eval();
        return network;
    }

    private static Sequential Convolutions() => nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d([1, 1]), nn.Flatten(), nn.Linear(8, 4));

    private static Tensor Images(int count, int side) => randn(count, 1, side, side);

    private static Tensor Classes(int count) => arange(count, dtype: ScalarType.Int64).remainder(4);

    private static (Tensor, Tensor?, Tensor?) Classified(nn.Module<Tensor, Tensor> network, Tensor images, Tensor labels, ScalarType type = ScalarType.Int64)
    {
        var outputs = network.call(images);
        return (F.cross_entropy(outputs, labels), outputs, labels.to(type));
    }

    private static (List<float>, nn.Module) Train<T>(Func<nn.Module, optim.Optimizer, Scope?> attach, T network, Func<T, int, (Tensor Loss, Tensor? Outputs, Tensor? Labels)> forward)
        where T : nn.Module
    {
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        using var scope = attach(network, optimizer);
        var losses = new List<float>();
        for (var step = 0; step < Steps; step++)
        {
            using var tensors = NewDisposeScope();
            optimizer.zero_grad();
            var (loss, outputs, labels) = forward(network, step);
            var mean = loss.mean();
            mean.backward();
            optimizer.step();
            scope?.Step(loss, outputs, labels);
            losses.Add(mean.item<float>());
            if (step % 3 == 2)
                scope?.EndEpoch();
        }

        return (losses, network);
    }
}
