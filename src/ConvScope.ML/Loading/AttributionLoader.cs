using ConvScope.ML;
using ConvScope.ML.Internals;
using ConvScope.ML.Loading;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ConvNetAttributionTransformer), typeof(AttributionLoader), null, typeof(SignatureLoadModel), "ConvScope attribution", AttributionFile.LoaderSignature)]

namespace ConvScope.ML.Loading;

/// <summary>Makes a <see cref="ConvNetAttributionTransformer"/> of its place in an ML.NET model file.</summary>
internal static class AttributionLoader
{
    /// <summary>Called by ML.NET, which finds it by name and signature.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged.</exception>
    public static ConvNetAttributionTransformer Create(IHostEnvironment environment, ModelLoadContext context) =>
        new(AttributionFile.Read(environment, context), ownsModel: true);
}
