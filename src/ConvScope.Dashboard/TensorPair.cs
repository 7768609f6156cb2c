using ConvScope.Records.Recording;

namespace ConvScope.Dashboard;

/// <summary>Which two tensors a request asks for.</summary>
internal sealed record TensorPair(
    string Run1, string Kind1, long Step1, string Name1, string? Part1,
    string Run2, string Kind2, long Step2, string Name2, string? Part2)
{
    /// <summary>Whether both are layers' outputs.</summary>
    public bool AreActivations => Kind1 == nameof(SnapshotKind.Activations) && Kind2 == nameof(SnapshotKind.Activations);
}
