using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Quantities;

/// <summary>
/// Units of rectifying layers that are active nowhere: a unit (a filter of a convolution, a unit of a fully connected layer) is dead if its output is zero or below at every
/// position of every image of the probe set, 2,048 training images in evaluation mode. A sparse unit, active on few images, is not dead. Source: keras-contrib's dead ReLU detector.
/// </summary>
internal static class DeadUnits
{
    private static readonly HashSet<string> _rectifiers = new(StringComparer.Ordinal) { "ReLU", "ReLU6" };

    /// <summary>Whether a layer gives zero for a range of inputs and has units to count.</summary>
    public static bool IsRectifier(LayerOutput layer) => _rectifiers.Contains(layer.Kind) && layer.Output.dim() >= 2;

    /// <summary>For each rectifying layer, in forward order, which of its units are dead.</summary>
    /// <param name="probe">Shows the images.</param>
    /// <param name="least">The search is given up, with nothing found, as soon as no layer can have a larger share of dead units than this any more. Below 0: never.</param>
    public static IReadOnlyList<(string Layer, bool[] IsDead)> Find(Probe probe, double least = -1)
    {
        using var outer = NewDisposeScope();
        using var untracked = no_grad();
        var active = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var isWhole = probe.RunSet(layers =>
        {
            foreach (var layer in layers.Where(IsRectifier))
            {
                var now = InactiveUnits.Active(layer.Output); // [units]
                active[layer.Name] = (active.TryGetValue(layer.Name, out var before) ? before.logical_or(now) : now).MoveToOuterDisposeScope();
            }

            return active.Count > 0 && (least < 0 || active.Values.Any(units => 1 - units.mean([], false, ScalarType.Float32).item<float>() > least));
        });
        return !isWhole ? [] : [.. active.Select(layer => (layer.Key, MemoryMarshal.Cast<byte, bool>(layer.Value.cpu().bytes).ToArray().Select(isActive => !isActive).ToArray()))];
    }
}
