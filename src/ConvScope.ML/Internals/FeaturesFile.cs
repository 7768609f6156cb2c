using ConvScope.ML;
using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ConvNetFeaturesTransformer), typeof(FeaturesFile), null, typeof(SignatureLoadModel), "ConvScope features", FeaturesFile.LoaderSignature)]

namespace ConvScope.ML.Internals;

/// <summary>A feature transformer's place in an ML.NET model file: column names, the layer, and the network.</summary>
internal static class FeaturesFile
{
    public const string LoaderSignature = "ConvScopeFeatures";

    /// <summary>Writes a transformer.</summary>
    public static void Save(ModelSaveContext context, ConvNetFeaturesTransformer transformer)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(ModelEntries.Version(LoaderSignature));
        context.SaveNonEmptyString(transformer.FeatureColumnName);
        context.SaveNonEmptyString(transformer.OutputColumnName);
        context.SaveNonEmptyString(transformer.Layer);
        context.Writer.Write(transformer.Model.Labels.Type is not null);
        ModelEntries.Save(context, transformer.Model);
    }

    /// <summary>Reads a transformer; called by ML.NET, which finds it by name and signature.</summary>
    public static ConvNetFeaturesTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel(ModelEntries.Version(LoaderSignature));
        var featureColumn = context.LoadNonEmptyString();
        var name = context.LoadNonEmptyString();
        var layer = context.LoadNonEmptyString();
        var hasValues = context.Reader.ReadBoolean();
        var model = ModelEntries.Load(environment, context, hasValues);
        return new ConvNetFeaturesTransformer(new LayerColumn(model, featureColumn, layer, name), ownsModel: true);
    }
}
