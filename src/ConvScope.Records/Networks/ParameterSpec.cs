namespace ConvScope.Records.Networks;

/// <summary>One trained tensor of a layer.</summary>
/// <param name="Name">Name inside the layer: <c>weight</c> or <c>bias</c>.</param>
/// <param name="Shape">Its shape: <c>[Cout, Cin / groups, kH, kW]</c> for a convolution's weight.</param>
/// <param name="FanIn">Number of inputs that one output sums; the initial values are uniform in ±1/√FanIn, PyTorch's default.</param>
public sealed record ParameterSpec(string Name, Shape Shape, int FanIn)
{
    /// <summary>The value that every element starts with; null where they are drawn.</summary>
    public float? Constant { get; init; }
}
