using ConvScope.ML.Heads;
using ConvScope.ML.Internals;

namespace ConvScope.ML;

/// <summary>What a training promises of its output's schema, before any row is read.</summary>
internal static class TrainedShape
{
    /// <summary>The input's columns and those that the network adds, with their annotations.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another kind.</exception>
    public static SchemaShape Create(SchemaShape input, ConvNetOptions options, Head head)
    {
        OutputShape.CheckFeatures(input, options.FeatureColumnName);
        if (options.ExampleWeightColumnName is { } weight)
            OutputShape.CheckWeight(input, weight);
        var label = OutputShape.FindLabel(input, options.LabelColumnName, head.AcceptsLabel, head.LabelWords);
        var columns = input.ToDictionary(column => column.Name);
        foreach (var added in head.Promise(label, head.Names(options.OutputColumns)))
            columns[added.Name] = added;
        return new SchemaShape(columns.Values);
    }
}
