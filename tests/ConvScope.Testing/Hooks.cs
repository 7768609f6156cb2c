using System.Collections;
using System.Reflection;
using static TorchSharp.torch;

namespace ConvScope;

/// <summary>Counts the hooks that are registered on a network; TorchSharp keeps them in protected dictionaries.</summary>
public static class Hooks
{
    /// <summary>Hooks of all kinds on a module and everything inside it.</summary>
    public static int On(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.named_modules().Select(pair => pair.module).Prepend(module).Distinct().Sum(Own);
    }

    private static int Own(nn.Module module) => module.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        .Where(field => field.Name.EndsWith("_hooks", StringComparison.Ordinal)).Sum(field => ((IDictionary)field.GetValue(module)!).Count);
}
