using static TorchSharp.torch;

namespace ConvScope.Quantities.Parameters;

/// <summary>One parameter as a quantity sees it after an update. All tensors have the parameter's shape and are detached from the graph.</summary>
public sealed class ParameterState
{
    private Tensor? _update;

    internal ParameterState(string name, Tensor weight, Tensor? gradient, Tensor? before, Tensor initial)
    {
        Name = name;
        Weight = weight;
        Gradient = gradient;
        Before = before;
        Initial = initial;
    }

    /// <summary>Name in the network, such as <c>conv1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>Its values after the update.</summary>
    public Tensor Weight { get; }

    /// <summary>The gradient that led to the update; null for a parameter that got none.</summary>
    public Tensor? Gradient { get; }

    /// <summary>Its values before the update; null where they were not kept for this step.</summary>
    public Tensor? Before { get; }

    /// <summary>Its values before the first update.</summary>
    public Tensor Initial { get; }

    /// <summary>What the update changed: <see cref="Weight"/> − <see cref="Before"/>, made once a step; null where <see cref="Before"/> is.</summary>
    public Tensor? Update => Before is null ? null : _update ??= Weight - Before;
}
