namespace ConvScope.Records.Checkpoints.Pickle;

/// <summary>What a kind of pickle may ask for. Whatever a dialect does not name is refused, or kept as an inert value; none knows what another does.</summary>
internal abstract class PickleDialect
{
    /// <summary>Tensors, state dictionaries and plain values, as PyTorch's weights-only loader knows them.</summary>
    public static PickleDialect Tensors { get; } = new TensorDialect();

    /// <summary>Arrays of bytes and plain values, as Python 2 and NumPy wrote them.</summary>
    public static PickleDialect Arrays { get; } = new NumpyDialect();

    /// <summary>What is read, for messages: <c>tensor</c>.</summary>
    public abstract string Purpose { get; }

    /// <summary>Whether what is not known is kept as an inert value, in place of being refused.</summary>
    public virtual bool KeepsUnknown => false;

    /// <summary>Whether there are texts of bytes, as Python 2 has them: short ones become text, one character a byte, and long ones bytes.</summary>
    public virtual bool HasByteStrings => false;

    /// <summary>The known global of that name; null for any other.</summary>
    public abstract PickleGlobal? Find(string module, string name);

    /// <summary>Gives an object its state.</summary>
    /// <param name="target">The object.</param>
    /// <param name="state">What the pickle says of it.</param>
    /// <exception cref="InvalidDataException">It is no state of that object.</exception>
    public abstract void Build(object? target, object? state);

    private sealed class TensorDialect : PickleDialect
    {
        public override string Purpose => "tensor";

        public override bool KeepsUnknown => true;

        public override PickleGlobal? Find(string module, string name) => PickleGlobals.Find(module, name);

        /// <summary>An OrderedDict's or a parameter's own attributes, such as <c>_metadata</c>, are of no use.</summary>
        public override void Build(object? target, object? state)
        {
            if (target is InertObject made)
                (made.State, made.HasState) = (state, true);
        }
    }
}
