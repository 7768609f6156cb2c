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
        return [.. module.named_parameters().Select(pair => Copy(pair.name, pair.parameter))];
    }

    /// <summary>The parameters' gradients as 32-bit floats; parameters without one are left out.</summary>
    public static List<NamedArray> ReadGradients(nn.Module module)
    {
        using var scope = NewDisposeScope();
        return [.. module.named_parameters().Where(pair => pair.parameter.grad is not null).Select(pair => Copy(pair.name, pair.parameter.grad!))];
    }

    /// <summary>Copies one tensor to host memory, as 32-bit floats.</summary>
    public static NamedArray Copy(string name, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var values = new float[tensor.NumberOfElements];
        MemoryMarshal.Cast<byte, float>(tensor.detach().to(ScalarType.Float32).cpu().contiguous().bytes).CopyTo(values);
        return new NamedArray(name, tensor.shape, values);
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
