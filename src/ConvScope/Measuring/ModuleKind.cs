using static TorchSharp.torch;

namespace ConvScope.Measuring;

/// <summary>What kind of layer a module is, in a word: <c>Conv2d</c>. TorchSharp's own names differ for a few: it calls an embedding <c>torch::nn::EmbeddingImpl</c>, and <c>BatchNorm3d</c> by another's name.</summary>
internal static class ModuleKind
{
    /// <summary>The kind of a module.</summary>
    public static string Of(nn.Module module)
    {
        var type = module.GetType();
        if (type.Assembly != typeof(nn.Module).Assembly)
            return module.GetName();
        var name = type.Name;
        return name.IndexOf('`') is > 0 and var generic ? name[..generic] : name;
    }
}
