using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

/// <summary>Networks whose gradients are not what an inspection would like, by what is odd about them.</summary>
internal static class AwkwardNetworks
{
    private const string NoGradient = "there is none: the network cuts it off";

    private const string NothingToLearn = "the loss depends on no parameter";

    /// <summary>Each with a part of the one warning that its inspection gives; null where it gives none.</summary>
    public static IReadOnlyDictionary<string, (Func<nn.Module<Tensor, Tensor>> Create, string? Warning)> All { get; } =
        new Dictionary<string, (Func<nn.Module<Tensor, Tensor>>, string?)>
        {
            ["nothing odd"] = Network((net, x) => net.Call("fc", net.Features(x))),
            ["features detached"] = Network((net, x) => net.Call("fc", net.Features(x).detach()), NoGradient),
            ["features without gradient tracking"] = Network(Untracked, NoGradient),
            ["features in inference mode"] = Network(InInferenceMode, NoGradient),
            ["images detached"] = Network((net, x) => net.Call("fc", net.Features(x.detach())), NoGradient),
            ["first layer frozen"] = (() => Frozen("conv"), null),
            ["all layers frozen"] = (() => Frozen(""), NothingToLearn),
            ["outputs that ignore the images"] = Network((net, x) => net.Offset.unsqueeze(0).expand(x.shape[0], 3).mul(2), NoGradient),
            ["outputs by argmax"] = Network((net, x) => net.Features(x).argmax(1, keepdim: true).to(ScalarType.Float32).add(net.Offset), NoGradient),
            ["outputs rounded"] = Network((net, x) => net.Call("fc", net.Features(x).round())),
            ["outputs detached in evaluation"] = Network((net, x) => Detached(net, net.Call("fc", net.Features(x))), NoGradient),
            ["layer that is never called"] = Network((net, x) => net.Call("fc", net.Features(x)), null, () => ("spare", nn.Linear(7, 7))),
            ["outputs that are thrown away"] = Network(Discarding, null, () => ("auxiliary", nn.Linear(144, 5))),
            ["outputs of two heads"] = Network(TwoHeads, null, () => ("second", nn.Linear(144, 2))),
            ["outputs of one number"] = Network((net, x) => net.Call("one", net.Features(x)), null, () => ("one", nn.Linear(144, 1))),
            ["outputs that are maps"] = Network((net, x) => net.Call("fc", net.Features(x)).unsqueeze(2)),
            ["images returned as they are"] = Network((net, x) => net.Call("flatten", x), NothingToLearn),
            ["layer called twice"] = Network(Twice, null, () => ("square", nn.Linear(144, 144))),
            ["changes in place"] = Network(InPlace, null, () => ("overwriting", nn.ReLU(inplace: true))),
            ["layer that gives its parameter"] = Network(WithOffset, null, () => ("given", new Given())),
            ["gradient of its own"] = Network(OwnGradient),
            ["products of matrices"] = Network(Products),
            ["64-bit floats"] = Network((net, x) => net.Call("fc", net.Features(x)).to(ScalarType.Float64)),
            ["sparse gradients"] = Network(Looked, "'aten::addcmul_'", () => ("table", nn.Embedding(4, 144, sparse: true))), // Adam has none
            ["no evaluation"] = Network(OnlyTraining, "It does not evaluate."),
            ["batches of 24 only"] = Network((net, x) => net.Call("fc", net.Features(x.reshape(24, 1, 8, 8))), "shape '[24, 1, 8, 8]' is invalid"),
        };

    private static (Func<nn.Module<Tensor, Tensor>> Create, string? Warning) Network(
        Func<AwkwardNetwork, Tensor, Tensor> forward, string? warning = null, Func<(string Name, nn.Module<Tensor, Tensor> Layer)>? more = null) =>
        (() => new AwkwardNetwork(forward, more), warning);

    private static Tensor Untracked(AwkwardNetwork net, Tensor images)
    {
        using (no_grad())
            images = net.Features(images);
        return net.Call("fc", images);
    }

    private static Tensor InInferenceMode(AwkwardNetwork net, Tensor images)
    {
        using (inference_mode())
            images = net.Features(images);
        return net.Call("fc", images.clone());
    }

    private static AwkwardNetwork Frozen(string prefix)
    {
        var network = new AwkwardNetwork((net, x) => net.Call("fc", net.Features(x)));
        foreach (var (_, parameter) in network.named_parameters().Where(pair => pair.name.StartsWith(prefix, StringComparison.Ordinal)))
            parameter.requires_grad = false;
        return network;
    }

    private static Tensor OnlyTraining(AwkwardNetwork net, Tensor images) =>
        net.training ? net.Call("fc", net.Features(images)) : throw new InvalidOperationException("It does not evaluate.");

    private static Tensor Twice(AwkwardNetwork net, Tensor images) =>
        net.Call("fc", net.Call("square", net.Call("square", net.Features(images))));

    private static Tensor Detached(AwkwardNetwork net, Tensor outputs) => net.training ? outputs : outputs.detach();

    private static Tensor Discarding(AwkwardNetwork net, Tensor images)
    {
        var features = net.Features(images);
        net.Call("auxiliary", features);
        return net.Call("fc", features);
    }

    private static Tensor TwoHeads(AwkwardNetwork net, Tensor images)
    {
        var features = net.Features(images);
        return cat([net.Call("fc", features), net.Call("second", features)], 1);
    }

    private static Tensor InPlace(AwkwardNetwork net, Tensor images)
    {
        var maps = net.Call("conv", images);
        maps.sub_(0.1f);
        return net.Call("fc", net.Call("flatten", net.Call("overwriting", maps))).add_(net.Offset);
    }

    private static Tensor WithOffset(AwkwardNetwork net, Tensor images) =>
        net.Call("fc", net.Features(images)).add(net.Call("given", images));

    private static Tensor OwnGradient(AwkwardNetwork net, Tensor images)
    {
        using var tracked = enable_grad();
        var leaf = images.detach().requires_grad_(true);
        var slope = autograd.grad([net.Features(leaf).sum()], [leaf], create_graph: true, retain_graph: true)[0];
        return net.Call("fc", net.Features(images.add(slope)));
    }

    private static Tensor Products(AwkwardNetwork net, Tensor images)
    {
        var maps = net.Call("relu", net.Call("conv", images)).reshape(images.shape[0], 4, 36);
        var weights = maps.matmul(maps.transpose(1, 2)).softmax(2); // [N, 4, 4]
        return net.Call("fc", weights.matmul(maps).reshape(images.shape[0], 144));
    }

    private static Tensor Looked(AwkwardNetwork net, Tensor images)
    {
        var rows = images.mean([1L, 2L, 3L]).mul(4).to(ScalarType.Int64).clamp(0, 3);
        return net.Call("fc", net.Features(images).mul(net.Call("table", rows)));
    }

    /// <summary>Gives its parameter, a leaf of the graph, whatever it gets.</summary>
    private sealed class Given : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _values = nn.Parameter(zeros(3));

        public Given()
            : base("Given") => register_parameter("values", _values);

        public override Tensor forward(Tensor input) => _values;
    }
}
