using ConvScope.ML;
using ConvScope.ML.Internals;
using ConvScope.ML.Loading;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ConvNetFeaturesTransformer), typeof(FeaturesLoader), null, typeof(SignatureLoadModel), "ConvScope features", FeaturesFile.LoaderSignature)]

namespace ConvScope.ML.Loading;

/// <summary>Makes a <see cref="ConvNetFeaturesTransformer"/> of its place in an ML.NET model file.</summary>
internal static class FeaturesLoader
{
    /// <summary>Called by ML.NET, which finds it by name and signature.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged.</exception>
    public static ConvNetFeaturesTransformer Create(IHostEnvironment environment, ModelLoadContext context) =>
        new(FeaturesFile.Read(environment, context), ownsModel: true);
}
