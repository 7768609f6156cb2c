using ConvScope.Records.Recording;

namespace ConvScope.Records.Diagnosis;

/// <summary>What rules know of a training beside its readings.</summary>
public sealed record RunFacts
{
    /// <summary>Number of classes <c>K</c>; 0 where it is not known, and for a regression.</summary>
    public int ClassCount { get; init; }

    /// <summary>Number of classes whose cross-entropy the loss is, its mean or its sum; 0 where it is another loss, or where that is not known.</summary>
    public int ClassesOfLoss { get; init; }

    /// <summary>Images a step; 0 where that is not known.</summary>
    public long BatchSize { get; init; }

    /// <summary>Steps an epoch; 0 where that is not known.</summary>
    public long StepsPerEpoch { get; init; }

    /// <summary>The layers in the order in which they were called, the input first; empty before they were looked at.</summary>
    public IReadOnlyList<LayerFact> Layers { get; init; } = [];

    /// <summary>What is known of the parameters beside their values, by name; empty where nothing is.</summary>
    public IReadOnlyDictionary<string, ParameterFact> Parameters { get; init; } = new Dictionary<string, ParameterFact>();

    /// <summary>Loss of a network that knows nothing: ln K, in nats; NaN where the loss is no cross-entropy.</summary>
    public double ChanceLoss => ClassesOfLoss > 1 ? Math.Log(ClassesOfLoss) : double.NaN;

    /// <summary>Accuracy of a network that knows nothing: 1 / K; NaN where the number of classes is not known.</summary>
    public double ChanceAccuracy => ClassCount > 1 ? 1.0 / ClassCount : double.NaN;
}
