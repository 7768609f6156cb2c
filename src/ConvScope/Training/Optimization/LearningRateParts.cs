using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ConvScope.Training.Optimization;

/// <summary>The parts of a network that are trained at rates of their own.</summary>
internal static class LearningRateParts
{
    /// <summary>The parameters that are trained, by the factor of their learning rate.</summary>
    /// <param name="network">The network.</param>
    /// <param name="factors">Factors by the name of a layer or of a group of layers; null for none.</param>
    /// <exception cref="ArgumentException">A name is that of no part of the network.</exception>
    public static IReadOnlyList<(double Factor, Parameter[] Parameters)> Of(nn.Module network, IReadOnlyDictionary<string, double>? factors)
    {
        var parameters = network.named_parameters().ToList();
        if (factors?.Keys.FirstOrDefault(part => !parameters.Exists(pair => IsOf(part, pair.name))) is { } unknown)
            throw new ArgumentException($"The network has no layer or group '{unknown}' to set a learning rate for; it has {string.Join(", ", parameters.Select(pair => pair.name[..Math.Max(0, pair.name.LastIndexOf('.'))]).Distinct())}.");
        var rates = from pair in parameters
                    where pair.parameter.requires_grad
                    group pair.parameter by factors?.Keys.Where(part => IsOf(part, pair.name)).MaxBy(part => part.Length) is { } part ? factors[part] : 1 into rate
                    select (rate.Key, rate.ToArray());
        return rates.ToList() is { Count: > 0 } parts ? parts : [(1, [])]; // an optimizer of nothing says so itself
    }

    private static bool IsOf(string part, string name) => name == part || name.StartsWith($"{part}.", StringComparison.Ordinal);
}
