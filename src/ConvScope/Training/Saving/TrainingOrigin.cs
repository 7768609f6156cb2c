using ConvScope.Records.Recording;

namespace ConvScope.Training.Saving;

/// <summary>What a training is called, everywhere the same and never twice, and what it goes on from.</summary>
/// <param name="Run">The name.</param>
/// <param name="Parent">What it goes on from; null for one that begins anew.</param>
internal sealed record TrainingOrigin(string Run, RunParent? Parent)
{
    /// <summary>Names a training.</summary>
    /// <param name="resumed">What it goes on from; null for one that begins anew.</param>
    public static TrainingOrigin Create(TrainingCheckpoint? resumed = null) => new(Guid.NewGuid().ToString("N"), resumed is null
        ? null
        : new RunParent(resumed.Run, Path.GetFullPath(resumed.Path), resumed.Epochs.Count, resumed.Step));
}
