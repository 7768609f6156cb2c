using ConvScope.Attribution;
using ConvScope.ML.Mapping;
using Microsoft.ML.Runtime;

namespace ConvScope.ML.Internals;

/// <summary>An attribution transformer's place in an ML.NET model file: column names, the method as JSON, the class, and the network.</summary>
internal static class AttributionFile
{
    public const string LoaderSignature = "ConvScopeAttribution";

    /// <summary>Writes one.</summary>
    public static void Save(ModelSaveContext context, AttributionColumn column)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(ModelEntries.Version(LoaderSignature));
        context.SaveNonEmptyString(column.FeatureColumnName);
        context.SaveNonEmptyString(column.Name);
        context.SaveNonEmptyString(column.Method.ToJson());
        context.Writer.Write(column.Target.Index ?? -1);
        context.Writer.Write(column.Model.Labels.Type is not null);
        ModelEntries.Save(context, column.Model);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged.</exception>
    public static AttributionColumn Read(IHostEnvironment environment, ModelLoadContext context)
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
        return new AttributionColumn(model, featureColumn, method, target, name);
    }
}
