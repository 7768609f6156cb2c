using ConvScope.ML.Mapping;
using Microsoft.ML.Runtime;

namespace ConvScope.ML.Internals;

/// <summary>A feature transformer's place in an ML.NET model file: column names, the layer, and the network.</summary>
internal static class FeaturesFile
{
    public const string LoaderSignature = "ConvScopeFeatures";

    /// <summary>Writes one.</summary>
    public static void Save(ModelSaveContext context, LayerColumn column)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(ModelEntries.Version(LoaderSignature));
        context.SaveNonEmptyString(column.FeatureColumnName);
        context.SaveNonEmptyString(column.Name);
        context.SaveNonEmptyString(column.Layer);
        context.Writer.Write(column.Model.Labels.Type is not null);
        ModelEntries.Save(context, column.Model);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged.</exception>
    public static LayerColumn Read(IHostEnvironment environment, ModelLoadContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel(ModelEntries.Version(LoaderSignature));
        var featureColumn = context.LoadNonEmptyString();
        var name = context.LoadNonEmptyString();
        var layer = context.LoadNonEmptyString();
        var hasValues = context.Reader.ReadBoolean();
        var model = ModelEntries.Load(environment, context, hasValues);
        return new LayerColumn(model, featureColumn, layer, name);
    }
}
