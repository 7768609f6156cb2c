using System.Runtime.CompilerServices;
using ConvScope.ML;
using ConvScope.ML.Heads;
using ConvScope.ML.Internals;
using ConvScope.Networks;
using Microsoft.ML.Runtime;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]
[assembly: LoadableClass(typeof(ConvNetTransformer), typeof(ModelFile), null, typeof(SignatureLoadModel), "ConvScope network", ModelFile.LoaderSignature)]

namespace ConvScope.ML.Internals;

/// <summary>A scoring transformer's place in an ML.NET model file: column names, and the network.</summary>
internal static class ModelFile
{
    public const string LoaderSignature = "ConvScopeNetwork";

    /// <summary>Writes a transformer.</summary>
    public static void Save(ModelSaveContext context, ConvNetTransformer transformer)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(ModelEntries.Version(LoaderSignature));
        context.SaveNonEmptyString(transformer.FeatureColumnName);
        var names = transformer.Columns.Names;
        context.SaveString(names.PredictedLabel); // empty for a regression
        context.SaveNonEmptyString(names.Score);
        context.Writer.Write(FeatureType.Code(transformer.FeatureColumnType));
        context.Writer.Write(transformer.Model.Labels.Type is not null);
        if (transformer.Model.Network.Task is BinaryTask)
            context.SaveNonEmptyString(names.Probability);
        ModelEntries.Save(context, transformer.Model);
    }

    /// <summary>Reads a transformer; called by ML.NET, which finds it by name and signature.</summary>
    public static ConvNetTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel(ModelEntries.Version(LoaderSignature));
        var featureColumn = context.LoadNonEmptyString();
        var predictedLabel = context.LoadString();
        var score = context.LoadNonEmptyString();
        var featureType = context.Reader.ReadByte();
        var hasValues = context.Reader.ReadBoolean();
        var model = ModelEntries.Load(environment, context, hasValues);
        var names = new ColumnNames(score, predictedLabel, model.Network.Task is BinaryTask ? context.LoadNonEmptyString() : "");
        return new ConvNetTransformer(FeatureType.Of(featureType, model.Network.Input.Count), Head.Of(model.Network.Task).Columns(model, featureColumn, names));
    }
}
