using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Native;

/// <summary>
/// Moves modules to a device, and tells by name what TorchSharp's <c>Module.to</c> cannot move or has lost. It replaces parameters and
/// buffers, disposes the old ones, and finds what held them by names alone: a property of the registered name, or a field with that
/// component name. What is kept elsewhere holds a disposed tensor from then on, "Tensor invalid -- empty handle".
/// </summary>
internal static class ModuleMove
{
    /// <summary>Moves a module, after looking whether all of it can be moved, and looks whether all of it was.</summary>
    /// <exception cref="InvalidOperationException">
    /// Something cannot be moved; the message names module, parameter and field, and nothing was changed.
    /// </exception>
    public static void To(nn.Module module, Device device)
    {
        if (WhyNot(module) is { } reason)
            throw new InvalidOperationException(reason);
        module.to(device);
        CheckWhole(module);
    }

    /// <summary>Says what a move would lose; null where nothing.</summary>
    public static string? WhyNot(nn.Module module) =>
        Named(module).SelectMany(entry => new ModuleFields(entry.Name, entry.Module).Unmovable()).FirstOrDefault() ?? Shared(module);

    /// <summary>Says what a move that was made has lost; null where nothing.</summary>
    public static string? Lost(nn.Module module) =>
        Named(module).SelectMany(entry => new ModuleFields(entry.Name, entry.Module).Lost()).FirstOrDefault();

    /// <summary>Checks that a module has all its parameters.</summary>
    /// <exception cref="InvalidOperationException">One was lost when it was moved; the message says which.</exception>
    public static void CheckWhole(nn.Module module)
    {
        if (Lost(module) is { } lost)
            throw new InvalidOperationException(lost);
    }

    /// <summary>Says whether an optimizer was made before the network was moved; null where its parameters are alive.</summary>
    public static string? Stale(optim.Optimizer optimizer)
    {
        var parameters = optimizer.parameters().ToArray();
        var disposed = parameters.Count(parameter => parameter.IsInvalid);
        return disposed == 0
            ? null
            : $"{disposed} of the {parameters.Length} parameters of the optimizer {optimizer.GetType().Name} are disposed: "
                + "it was made before the network was moved to a device or another type. Make it after network.to(…).";
    }

    /// <summary>A parameter that two modules share is disposed when the first one is moved.</summary>
    private static string? Shared(nn.Module module)
    {
        var owners = new Dictionary<nint, string>();
        foreach (var (path, owner) in Named(module).DistinctBy(entry => entry.Module, ReferenceEqualityComparer.Instance))
        {
            foreach (var (name, parameter) in owner.named_parameters(recurse: false))
            {
                if (!owners.TryAdd(parameter.Handle, $"'{name}' of module '{path}'"))
                {
                    return $"Parameter {owners[parameter.Handle]} is also '{name}' of module '{path}'. "
                        + "TorchSharp's to() disposes it when the first of the two is moved: let them share it after the move.";
                }
            }
        }

        return null;
    }

    private static IEnumerable<(string Name, nn.Module Module)> Named(nn.Module module) =>
        [(module.GetName(), module), .. module.named_modules()];
}
