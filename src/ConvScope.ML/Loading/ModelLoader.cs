using ConvScope.ML;
using ConvScope.ML.Internals;
using ConvScope.ML.Loading;
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
        var (featureType, columns) = ModelFile.Read(environment, context);
        return new ConvNetTransformer(featureType, columns);
    }
}
