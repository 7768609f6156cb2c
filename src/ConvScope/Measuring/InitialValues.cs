using System.Runtime.InteropServices;
using ConvScope.Networks;
using ConvScope.Quantities;
using ConvScope.Records.Checkpoints;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// Looks once, before the first step, for parameters whose values nobody set: <c>torch.empty</c> hands out memory as it was, with
/// addresses, texts and counters of earlier use, which as floating-point numbers are denormal, absurdly large or NaN. Memory that held
/// zeros or usual numbers cannot be told from values that were set.
/// </summary>
internal static class InitialValues
{
    /// <summary>Measures a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Its parameters as 32-bit floats; complex ones are not looked at.</param>
    /// <param name="isResumed">Whether it was trained before.</param>
    /// <returns>
    /// Quantity, parameter and value; see <see cref="QuantityNames"/>. Parameters whose values are all usual are left out.
    /// </returns>
    public static IReadOnlyList<(string Quantity, string Parameter, double Value)> Measure(
        nn.Module network, IReadOnlyList<NamedArray> weights, bool isResumed)
    {
        using var scope = NewDisposeScope();
        var found = new List<(string, string, double)>();
        var decays = new Lazy<bool>(() => isResumed || network is SpecNetwork || HasLearned(network));
        var arrays = weights.ToDictionary(array => array.Name, StringComparer.Ordinal);
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (!arrays.TryGetValue(name, out var array) || Scan(array, parameter) is not { } scan)
                continue;
            var isMask = !parameter.requires_grad && scan.Denormals == 0 && scan.AreAlike;
            if (isMask)
                continue;
            found.Add((QuantityNames.InitialNonFinite, name, scan.NonFinite));
            found.Add((QuantityNames.InitialSmallest, name, scan.Smallest));
            found.Add((QuantityNames.InitialLargest, name, scan.Largest));
            if (!decays.Value)
                found.Add((QuantityNames.InitialDenormals, name, scan.Denormals));
        }

        return found;
    }

    /// <summary>What is known of the network's parameters beside their values, by name.</summary>
    public static IReadOnlyDictionary<string, ParameterFact> Facts(nn.Module network)
    {
        var inside = network.named_modules().Select(pair => (Prefix: $"{pair.name}.", Module: pair.module));
        var facts = new Dictionary<string, ParameterFact>(StringComparer.Ordinal);
        foreach (var (prefix, module) in inside.Prepend(("", network)))
        {
            foreach (var (name, parameter) in module.named_parameters(recurse: false))
                facts[prefix + name] = new ParameterFact(ModuleKind.Of(module), (int)parameter.dim());
        }

        return facts;
    }

    private static ValueScan? Scan(NamedArray array, Tensor parameter)
    {
        if (parameter.dtype != ScalarType.Float64)
            return ValueScan.IsDue(array.Values) ? ValueScan.Of<float>(array.Values) : null;
        var values = ValueScan.Of<double>(MemoryMarshal.Cast<byte, double>(parameter.detach().cpu().contiguous().bytes));
        return values.NonFinite > 0 || values.Denormals > 0 || values.Largest > ValueScan.Usual ? values : null;
    }

    /// <summary>
    /// Whether the network was trained before: its normalisation has seen batches. In such networks the weights of units that are never
    /// active decay until they are denormal.
    /// </summary>
    private static bool HasLearned(nn.Module network) => network.named_buffers().Any(pair =>
        pair.name.EndsWith("running_mean", StringComparison.Ordinal) && pair.buffer.ne(0).any().item<bool>());
}
