using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Tests.Inspection;

/// <summary>A network of somebody's own for the toy images, with places to keep something in.</summary>
internal sealed class KeepingNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Func<KeepingNetwork, Tensor, Tensor> _forward;
    private readonly bool _neverEvaluates;

    /// <summary>Makes a network, with the same weights each time.</summary>
    /// <param name="forward">Gets the network and features, <c>[N, 8]</c>, and gives others.</param>
    /// <param name="neverEvaluates">Whether its normalisation stays in training mode.</param>
    public KeepingNetwork(Func<KeepingNetwork, Tensor, Tensor> forward, bool neverEvaluates = false)
        : base("keeping")
    {
        (_forward, _neverEvaluates) = (forward, neverEvaluates);
        manual_seed(3).Dispose();
        (Conv, Hidden, Head, Norm, Lstm) = (nn.Conv2d(1, 8, 3), nn.Linear(8, 8), nn.Linear(8, 3), nn.BatchNorm1d(8), nn.LSTM(8, 8));
        (Centre, Generator) = (zeros(8), new Generator(5));
        register_module("conv", Conv);
        register_module("hidden", Hidden);
        register_module("head", Head);
        register_module("norm", Norm);
        register_module("lstm", Lstm);
        register_buffer("centre", Centre);
    }

    /// <summary>What all networks share.</summary>
    public static Tensor? Shared { get; set; }

    public Conv2d Conv { get; }

    public Linear Hidden { get; }

    public Linear Head { get; }

    public BatchNorm1d Norm { get; }

    public LSTM Lstm { get; }

    public Tensor Centre { get; }

    public Generator Generator { get; }

    public Random Random { get; } = new(4);

    public Tensor? State { get; set; }

    public (Tensor Hidden, int Steps)? Pair { get; set; }

    public (Tensor, Tensor)? LstmState { get; set; }

    public List<Tensor> Kept { get; } = [];

    public Dictionary<string, Tensor> ByName { get; } = [];

    public Queue<Tensor> Memory { get; } = [];

    public Lazy<Tensor> Constant { get; } = new(() => ones(8).mul(0.6f).DetachFromDisposeScope());

    public StateHelper Helper { get; } = new();

    /// <summary>What a loop reads after its step.</summary>
    public Tensor? Loss { get; set; }

    public int Calls { get; private set; }

    public override Tensor forward(Tensor input)
    {
        Calls++;
        return Head.call(_forward(this, Conv.call(input.to(ScalarType.Float32).div(255)).mean([2L, 3L])));
    }

    public override void train(bool on = true)
    {
        base.train(on);
        if (_neverEvaluates)
            Norm.train();
    }

    /// <summary>Keeps a state for the network.</summary>
    internal sealed class StateHelper
    {
        private Tensor? _state;

        public Tensor Next(Tensor h)
        {
            var next = _state is null ? h.tanh() : (h + _state).tanh();
            _state?.Dispose();
            _state = next.detach().DetachFromDisposeScope();
            return next;
        }
    }
}
