using static TorchSharp.torch;

namespace ConvScope.Tests.Networks.Weights;

/// <summary>A user's own module: ResNet-20 for CIFAR-10 after He et al. 2015, section 4.2, with shortcuts of option A: every second pixel, and channels of zeros around.</summary>
internal sealed class CifarResNet20 : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> conv1 = nn.Conv2d(3, 16, 3, padding: 1, bias: false);
    private readonly nn.Module<Tensor, Tensor> bn1 = nn.BatchNorm2d(16);
    private readonly nn.Module<Tensor, Tensor> layer1 = nn.Sequential(new Block(16, 16), new Block(16, 16), new Block(16, 16));
    private readonly nn.Module<Tensor, Tensor> layer2 = nn.Sequential(new Block(16, 32), new Block(32, 32), new Block(32, 32));
    private readonly nn.Module<Tensor, Tensor> layer3 = nn.Sequential(new Block(32, 64), new Block(64, 64), new Block(64, 64));
    private readonly nn.Module<Tensor, Tensor> linear = nn.Linear(64, 10);

    public CifarResNet20() : base("resnet20") => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var maps = layer3.call(layer2.call(layer1.call(bn1.call(conv1.call(input)).relu()))); // [N, 64, 8, 8]
        return linear.call(maps.mean([2, 3])).MoveToOuterDisposeScope();
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> conv1;
        private readonly nn.Module<Tensor, Tensor> bn1;
        private readonly nn.Module<Tensor, Tensor> conv2;
        private readonly nn.Module<Tensor, Tensor> bn2;
        private readonly int _added;

        public Block(int channels, int outChannels) : base("block")
        {
            _added = (outChannels - channels) / 2;
            conv1 = nn.Conv2d(channels, outChannels, 3, stride: _added > 0 ? 2 : 1, padding: 1, bias: false);
            bn1 = nn.BatchNorm2d(outChannels);
            conv2 = nn.Conv2d(outChannels, outChannels, 3, padding: 1, bias: false);
            bn2 = nn.BatchNorm2d(outChannels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var shortcut = _added == 0 ? input : nn.functional.pad(input[.., .., TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)], [0, 0, 0, 0, _added, _added]);
            return bn2.call(conv2.call(bn1.call(conv1.call(input)).relu())).add(shortcut).relu().MoveToOuterDisposeScope();
        }
    }
}
