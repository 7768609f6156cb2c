using ConvScope.ML;
using ConvScope.ML.Heads;
using ConvScope.ML.Internals;
using ConvScope.ML.Loading;
using ConvScope.ML.Mapping;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ConvNetTransformer), typeof(ModelLoader), null, typeof(SignatureLoadModel), "ConvScope network", ModelFile.LoaderSignature)]

namespace ConvScope.ML.Loading;

/// <summary>Makes a <see cref="ConvNetTransformer"/> of its place in an ML.NET model file.</summary>
internal static class ModelLoader
{
    /// <summary>Called by ML.NET, which finds it by name and signature.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged.</exception>
    public static ConvNetTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        var (featureType, model, featureColumn, names, threshold) = ModelFile.Read(environment, context);
        return new ConvNetTransformer(featureType, threshold == 0 ? Head.Of(model.Network.Task).Columns(model, featureColumn, names) : new BinaryColumns(model, featureColumn, names, threshold));
    }
}
