using System.Runtime.InteropServices;
using ConvScope.Quantities.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>
/// Units of rectifying layers that are active nowhere: a unit (a filter of a convolution, a unit of a fully connected layer) is dead if its output is zero or below at every
/// position of every image of the probe set, 2,048 training images in evaluation mode. A sparse unit, active on few images, is not dead. Source: keras-contrib's dead ReLU detector.
/// </summary>
internal static class DeadUnits
{
    /// <summary>For each rectifying layer, in forward order, which of its units are dead.</summary>
    /// <param name="probe">Shows the images.</param>
    /// <param name="least">The search is given up, with nothing found, as soon as no layer can have a larger share of dead units than this any more. Below 0: never.</param>
    public static IReadOnlyList<(string Layer, bool[] IsDead)> Find(Probe probe, double least = -1)
    {
        using var outer = NewDisposeScope();
        using var untracked = no_grad();
        var active = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var (shown, nextLook) = (0, 1);
        var isWhole = probe.RunSet(layers =>
        {
            shown++;
            foreach (var layer in layers.Where(InactiveUnits.IsRectifier))
            {
                var now = InactiveUnits.Active(layer.Output); // [units]
                active[layer.Name] = (active.TryGetValue(layer.Name, out var before) ? before.logical_or(now) : now).MoveToOuterDisposeScope();
            }

            if (active.Count == 0 || least < 0 || (shown < nextLook && active.Values.First().device_type != DeviceType.CPU))
                return active.Count > 0;
            nextLook *= 2; // each look waits for a GPU
            return Read(active).Any(layer => IsMore(layer.IsDead, least));
        });
        if (!isWhole || active.Count == 0)
            return [];
        var found = Read(active);
        return least < 0 || found.Exists(layer => IsMore(layer.IsDead, least)) ? found : [];
    }

    private static bool IsMore(bool[] isDead, double least) => 1 - (float)isDead.Count(dead => !dead) / isDead.Length > least;

    /// <summary>Brings all layers to the host in one copy.</summary>
    private static List<(string Layer, bool[] IsDead)> Read(Dictionary<string, Tensor> active)
    {
        using var scope = NewDisposeScope();
        var all = MemoryMarshal.Cast<byte, bool>(cat([.. active.Values]).cpu().bytes);
        var layers = new List<(string, bool[])>(active.Count);
        foreach (var (name, units) in active)
        {
            var size = (int)units.NumberOfElements;
            layers.Add((name, [.. all[..size].ToArray().Select(isActive => !isActive)]));
            all = all[size..];
        }

        return layers;
    }
}
