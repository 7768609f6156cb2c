using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Checkpoints;

/// <summary>Copies a module's parameters out to host memory and back.</summary>
internal static class ModuleState
{
    /// <summary>The parameters as 32-bit floats, in the module's own order.</summary>
    public static List<NamedArray> Read(nn.Module module)
    {
        using var scope = NewDisposeScope();
        var arrays = new List<NamedArray>();
        foreach (var (name, parameter) in module.named_parameters())
        {
            var values = new float[parameter.NumberOfElements];
            MemoryMarshal.Cast<byte, float>(parameter.detach().to(ScalarType.Float32).cpu().contiguous().bytes).CopyTo(values);
            arrays.Add(new NamedArray(name, parameter.shape, values));
        }

        return arrays;
    }

    /// <summary>Copies arrays into the parameters of the same names.</summary>
    /// <exception cref="InvalidDataException">A parameter is missing, one has another shape, or there is one too many; the message names it.</exception>
    public static void Write(nn.Module module, IReadOnlyList<NamedArray> arrays)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var left = arrays.ToDictionary(array => array.Name, StringComparer.Ordinal);
        foreach (var (name, parameter) in module.named_parameters())
        {
            if (!left.Remove(name, out var array))
                throw new InvalidDataException($"The weights lack parameter '{name}'.");
            if (!array.Shape.SequenceEqual(parameter.shape))
                throw new InvalidDataException($"Parameter '{name}' has shape {string.Join('x', parameter.shape)}; the weights have {array.ShapeText}.");
            parameter.copy_(from_array(array.Values).reshape(parameter.shape));
        }

        if (left.Count > 0)
            throw new InvalidDataException($"The weights have parameters that the network does not know: {string.Join(", ", left.Keys)}.");
    }
}
