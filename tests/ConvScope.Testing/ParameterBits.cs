using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope;

/// <summary>The parameters of a network to the last bit.</summary>
public static class ParameterBits
{
    /// <summary>Every parameter by its name, copied.</summary>
    public static Dictionary<string, byte[]> Of(nn.Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.named_parameters().ToDictionary(parameter => parameter.name, parameter => parameter.parameter.bytes.ToArray());
    }

    /// <summary>Every gradient by its parameter's name, copied; empty for a parameter without one.</summary>
    public static Dictionary<string, byte[]> OfGradients(nn.Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var scope = NewDisposeScope();
        return network.named_parameters().ToDictionary(parameter => parameter.name, parameter => parameter.parameter.grad?.bytes.ToArray() ?? []);
    }
}
