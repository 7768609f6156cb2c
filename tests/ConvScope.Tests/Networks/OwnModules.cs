using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ConvScope.Tests.Networks;

/// <summary>Modules as users write them, each with one way to keep a parameter: some survive a move, some do not.</summary>
internal static class OwnModules
{
    /// <summary>What TorchSharp finds by the field's name.</summary>
    public sealed class Found : Own
    {
        private readonly Parameter weight;

        public Found() => register_parameter("weight", weight = New());

        protected override Tensor Weight => weight;
    }

    /// <summary>What it finds by the attribute.</summary>
    public sealed class Named : Own
    {
        [ComponentName(Name = "weight")]
        private readonly Parameter _w;

        public Named() => register_parameter("weight", _w = New());

        protected override Tensor Weight => _w;
    }

    /// <summary>Looked up where it is used.</summary>
    public sealed class LookedUp : Own
    {
        public LookedUp() => register_parameter("weight", New());

        protected override Tensor Weight => get_parameter("weight")!;
    }

    /// <summary>A field of another name.</summary>
    public sealed class Misnamed : Own
    {
        private readonly Parameter _w;

        public Misnamed() => register_parameter("weight", _w = New());

        protected override Tensor Weight => _w;
    }

    /// <summary>A buffer in a field of another name.</summary>
    public sealed class MisnamedBuffer : Own
    {
        private readonly Tensor _mask;

        public MisnamedBuffer() => register_buffer("mask", _mask = ones([3, 3], device: CPU).DetachFromDisposeScope());

        protected override Tensor Weight => _mask;
    }

    /// <summary>A property with a field that the compiler makes.</summary>
    public sealed class Automatic : Own
    {
        public Automatic() => register_parameter("weight", weight = New());

        public Parameter weight { get; set; }

        protected override Tensor Weight => weight;
    }

    /// <summary>A property that cannot be set.</summary>
    public sealed class Unset : Own
    {
        private readonly Parameter _w;

        public Unset() => register_parameter("weight", _w = New());

        public Parameter weight => _w;

        protected override Tensor Weight => _w;
    }

    /// <summary>An array.</summary>
    public sealed class InArray : Own
    {
        private readonly Parameter[] _weights;

        public InArray()
        {
            _weights = [New(), New()];
            register_parameter("w0", _weights[0]);
            register_parameter("w1", _weights[1]);
        }

        protected override Tensor Weight => _weights[1];
    }

    /// <summary>A dictionary.</summary>
    public sealed class InDictionary : Own
    {
        private readonly Dictionary<string, Parameter> _weights = [];

        public InDictionary() => register_parameter("first", _weights["first"] = New());

        protected override Tensor Weight => _weights["first"];
    }

    /// <summary>Two fields that claim one name.</summary>
    public sealed class Doubled : Own
    {
        [ComponentName(Name = "weight")]
        private readonly Parameter _w;

        private readonly string weight = "none";

        public Doubled() => register_parameter("weight", _w = New());

        protected override Tensor Weight => weight.Length > 0 ? _w : throw new InvalidOperationException();
    }

    /// <summary>One parameter in two modules.</summary>
    public sealed class Shared : Own
    {
        private readonly Linear _first = nn.Linear(3, 3, hasBias: false), _second = nn.Linear(3, 3, hasBias: false);

        public Shared()
        {
            _second.weight = _first.weight;
            RegisterComponents();
        }

        protected override Tensor Weight => _second.weight!;
    }

    /// <summary>A module inside that is not what it should be.</summary>
    public sealed class Holder : Own
    {
        private readonly Misnamed _inner = new();

        public Holder() => RegisterComponents();

        protected override Tensor Weight => _inner.parameters().First();
    }

    /// <summary>Multiplies by a matrix.</summary>
    public abstract class Own() : nn.Module<Tensor, Tensor>("own")
    {
        protected abstract Tensor Weight { get; }

        public override Tensor forward(Tensor input) => input.matmul(Weight);

        protected static Parameter New() => new(rand([3, 3], device: CPU));
    }
}
