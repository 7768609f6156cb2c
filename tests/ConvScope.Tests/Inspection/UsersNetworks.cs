using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

/// <summary>Words as numbers through an embedding and an LSTM.</summary>
internal sealed class WordNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Embedding _embedding = nn.Embedding(50, 8, sparse: true);
    private readonly LSTM _lstm = nn.LSTM(8, 8, batchFirst: true);
    private readonly Linear _head = nn.Linear(8, 4);

    public WordNetwork()
        : base("words")
    {
        register_module("embedding", _embedding);
        register_module("lstm", _lstm);
        register_module("head", _head);
    }

    public override Tensor forward(Tensor input) => _head.call(_lstm.call(_embedding.call(input)).Item1.mean([1L]));
}

/// <summary>An image and three numbers.</summary>
internal sealed class TwoInputs : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Conv2d _conv = nn.Conv2d(1, 8, 3);
    private readonly Linear _head = nn.Linear(11, 4);

    public TwoInputs()
        : base("two inputs")
    {
        register_module("conv", _conv);
        register_module("head", _head);
    }

    public override Tensor forward(Tensor input, Tensor numbers) => _head.call(cat([_conv.call(input).relu().mean([2L, 3L]), numbers], 1));
}

/// <summary>Logits, and what was before them.</summary>
internal sealed class TupleNetwork : nn.Module<Tensor, (Tensor, Tensor)>
{
    private readonly Conv2d _conv = nn.Conv2d(1, 8, 3);
    private readonly Linear _head = nn.Linear(8, 4);

    public TupleNetwork(bool unused = false)
        : base("tuple")
    {
        register_module("conv", _conv);
        register_module("head", _head);
        if (unused)
            register_module("unused", nn.Linear(3, 3));
    }

    public override (Tensor, Tensor) forward(Tensor input)
    {
        var features = _conv.call(input).relu().mean([2L, 3L]);
        return (_head.call(features), features);
    }
}

/// <summary>Logits by name.</summary>
internal sealed class DictionaryNetwork : nn.Module<Tensor, Dictionary<string, Tensor>>
{
    private readonly Conv2d _conv = nn.Conv2d(1, 8, 3);
    private readonly Linear _head = nn.Linear(8, 4);

    public DictionaryNetwork()
        : base("dictionary")
    {
        register_module("conv", _conv);
        register_module("head", _head);
    }

    public override Dictionary<string, Tensor> forward(Tensor input) => new() { ["logits"] = _head.call(_conv.call(input).relu().mean([2L, 3L])) };
}

/// <summary>A layer whose weights are complex.</summary>
internal sealed class ComplexNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _filter = new(randn(8, 5, dtype: ScalarType.ComplexFloat32));
    private readonly Linear _head = nn.Linear(8, 4);

    public ComplexNetwork()
        : base("complex")
    {
        register_parameter("filter", _filter);
        register_module("head", _head);
    }

    public override Tensor forward(Tensor input) => _head.call(fft.rfft(input.mean([1L]), dim: -1).mul(_filter).abs().mean([2L]));
}

/// <summary>One module under two names, called twice.</summary>
internal sealed class SharedNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Linear _shared = nn.Linear(64, 64);
    private readonly Linear _head = nn.Linear(64, 4);

    public SharedNetwork()
        : base("shared")
    {
        register_module("first", _shared);
        register_module("second", _shared);
        register_module("head", _head);
    }

    public override Tensor forward(Tensor input) => _head.call(_shared.call(_shared.call(input.flatten(1)).relu()).relu());
}
