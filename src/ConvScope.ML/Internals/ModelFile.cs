using System.Globalization;
using System.Runtime.CompilerServices;
using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;
using ConvScope.ML.Scoring;
using ConvScope.Networks;
using ConvScope.Records.Networks.Tasks;
using Microsoft.ML.Runtime;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]

namespace ConvScope.ML.Internals;

/// <summary>A scoring transformer's place in an ML.NET model file: column names, and the network.</summary>
internal static class ModelFile
{
    public const string LoaderSignature = "ConvScopeNetwork";

    private const string Threshold = "threshold.txt";

    /// <summary>Writes one.</summary>
    /// <param name="context">The place in the file.</param>
    /// <param name="featureType">Type of the column of raw pixels when the network was trained.</param>
    /// <param name="columns">The columns that it adds, and their network.</param>
    public static void Save(ModelSaveContext context, DataViewType featureType, ScoreColumns columns)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(ModelEntries.Version(LoaderSignature));
        context.SaveNonEmptyString(columns.FeatureColumnName);
        var names = columns.Names;
        context.SaveString(names.PredictedLabel); // empty for a regression
        context.SaveNonEmptyString(names.Score);
        context.Writer.Write(FeatureType.Code(featureType));
        context.Writer.Write(columns.Model.Labels.Type is not null);
        if (columns.Model.Network.Task is BinaryTask)
            context.SaveNonEmptyString(names.Probability);
        if (columns is BinaryColumns { Threshold: not 0 and var threshold })
            context.SaveTextStream(Threshold, writer => writer.Write(threshold.ToString("R", CultureInfo.InvariantCulture)));
        ModelEntries.Save(context, columns.Model);
    }

    /// <summary>Reads one.</summary>
    /// <returns>What <see cref="Save"/> was given; names of columns that the network's task does not have are empty.</returns>
    /// <exception cref="InvalidDataException">An entry is missing or damaged.</exception>
    public static (DataViewType FeatureType, ConvNetModel Model, string FeatureColumnName, ColumnNames Names, float Threshold) Read(IHostEnvironment environment, ModelLoadContext context)
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
        var threshold = 0f;
        context.TryLoadTextStream(Threshold, reader => threshold = float.Parse(reader.ReadToEnd(), CultureInfo.InvariantCulture));
        return (FeatureType.Of(featureType, model.Network.Input.Count), model, featureColumn, names, threshold);
    }
}
