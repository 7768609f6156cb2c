using ConvScope.Attribution;
using ConvScope.ML;
using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ConvNetAttributionTransformer), typeof(AttributionFile), null, typeof(SignatureLoadModel), "ConvScope attribution", AttributionFile.LoaderSignature)]

namespace ConvScope.ML.Internals;

/// <summary>An attribution transformer's place in an ML.NET model file: column names, the method as JSON, the class, and the network.</summary>
internal static class AttributionFile
{
    public const string LoaderSignature = "ConvScopeAttribution";

    /// <summary>Writes a transformer.</summary>
    public static void Save(ModelSaveContext context, ConvNetAttributionTransformer transformer)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(ModelEntries.Version(LoaderSignature));
        context.SaveNonEmptyString(transformer.FeatureColumnName);
        context.SaveNonEmptyString(transformer.OutputColumnName);
        context.SaveNonEmptyString(transformer.Method.ToJson());
        context.Writer.Write(transformer.Target.Index ?? -1);
        context.Writer.Write(transformer.Model.Labels.Type is not null);
        ModelEntries.Save(context, transformer.Model);
    }

    /// <summary>Reads a transformer; called by ML.NET, which finds it by name and signature.</summary>
    public static ConvNetAttributionTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel(ModelEntries.Version(LoaderSignature));
        var featureColumn = context.LoadNonEmptyString();
        var name = context.LoadNonEmptyString();
        var method = AttributionMethod.FromJson(context.LoadNonEmptyString());
        var index = context.Reader.ReadInt32();
        var target = index < 0 ? AttributionTarget.Predicted : AttributionTarget.Class(index);
        var hasValues = context.Reader.ReadBoolean();
        var model = ModelEntries.Load(environment, context, hasValues);
        return new ConvNetAttributionTransformer(new AttributionColumn(model, featureColumn, method, target, name), ownsModel: true);
    }
}
