using System.Runtime.InteropServices;
using ConvScope.Native;
using ConvScope.Records.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Networks.Weights;

/// <summary>Copies a module's parameters and gradients out to host memory, as floats.</summary>
internal static class ModuleState
{
    /// <summary>The parameters as 32-bit floats, in the module's own order; a complex one as its parts, <c>.real</c> and <c>.imag</c>.</summary>
    /// <exception cref="InvalidOperationException">A parameter was lost when the module was moved; the message says which.</exception>
    public static List<NamedArray> Read(nn.Module module)
    {
        ModuleMove.CheckWhole(module);
        using var scope = NewDisposeScope();
        return [.. module.named_parameters().SelectMany(pair => Parts(pair.name, pair.parameter))];
    }

    /// <summary>The whole state: parameters that were read, then the buffers, such as running statistics, in element types of their own.</summary>
    public static IReadOnlyList<StoredTensor> Whole(nn.Module module, IReadOnlyList<NamedArray> parameters)
    {
        using var scope = NewDisposeScope();
        var names = module.named_parameters().Select(pair => pair.name).ToHashSet(StringComparer.Ordinal);
        var buffers = module.state_dict().Where(entry => !names.Contains(entry.Key) && ModuleWeights.CanCopy(entry.Value));
        return [.. parameters.Select(StoredTensor.Of), .. buffers.Select(entry => ModuleWeights.Copy(entry.Key, entry.Value))];
    }

    /// <summary>The parameters' gradients as 32-bit floats; parameters without one are left out.</summary>
    public static List<NamedArray> ReadGradients(nn.Module module)
    {
        using var scope = NewDisposeScope();
        return [.. module.named_parameters().Where(pair => pair.parameter.grad is not null).SelectMany(pair => Parts(pair.name, pair.parameter.grad!))];
    }

    /// <summary>Copies one tensor to host memory as 32-bit floats, a complex one as two.</summary>
    public static IEnumerable<NamedArray> Parts(string name, Tensor tensor) => tensor.is_complex()
        ? [Copy($"{name}.real", tensor.detach().real), Copy($"{name}.imag", tensor.detach().imag)]
        : [Copy(name, tensor)];

    /// <summary>Copies one tensor of real numbers to host memory, as 32-bit floats.</summary>
    public static NamedArray Copy(string name, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var values = new float[tensor.NumberOfElements];
        var dense = tensor.is_sparse ? tensor.detach().to_dense() : tensor.detach();
        MemoryMarshal.Cast<byte, float>(dense.to(ScalarType.Float32).cpu().contiguous().bytes).CopyTo(values);
        return new NamedArray(name, tensor.shape, values);
    }
}
